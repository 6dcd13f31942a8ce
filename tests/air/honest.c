/* honest.c - rows that do what their instruction says are accepted. */
#include "tests/air/rows.h"
#include "tests/test.h"

#define ROUNDS 3000

TEST(honest_rows_of_every_instruction_are_accepted)
{
    for (int c = 0; c <= AIR_INITFIN; c++)
        for (unsigned i = 0; i < ROUNDS; i++) {
            row r;
            row_rom rom;
            row_honest(&r, (enum air_component_id)c);
            row_rom_of(&rom, &r);
            const char *broken = row_broken(&r, &rom, ROW_ALL);
            if (broken) printf("  %s: %s\n", air_components[c].name, broken);
            CHECK(!broken);
        }
}

TEST(rows_of_zeros_are_padding)
{
    for (int c = 0; c <= AIR_REFRESH; c++) {
        row r;
        row_rom none = {{0}, false};
        row_padding(&r, (enum air_component_id)c);
        CHECK(!row_broken(&r, &none, ROW_ALL));
        CHECK(row_effect(&r) == 0);
    }
}
