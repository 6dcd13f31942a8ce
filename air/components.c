/* components.c - the table of components: column counts and the columns read at the row before. */
#include "air/components.h"

#define NAMES(prefix, LIST) static const char *const prefix##_names[] = {LIST(AIR_COL_NAME)};
NAMES(alu, ALU_COLUMNS)
NAMES(cmp, CMP_COLUMNS)
NAMES(bit, BIT_COLUMNS)
NAMES(sh, SH_COLUMNS)
NAMES(jalr, JALR_COLUMNS)
NAMES(cst, CST_COLUMNS)
NAMES(ls, LS_COLUMNS)
NAMES(md, MD_COLUMNS)
NAMES(rf, RF_COLUMNS)
NAMES(inf, INF_COLUMNS)
NAMES(img, IMG_COLUMNS)
NAMES(rom, ROM_COLUMNS)
NAMES(tab, TAB_COLUMNS)

#define BEFORE_INDEX(prefix, name) inf_##name,
_Static_assert((int)infb_n_columns <= AIR_MAX_BEFORE, "columns read at the row before");

/* n_prod, n_sum and n_constraints follow from the texts: tests/air compares them with the recorder.
 * Constraints: the component's own, one per product column and one for the claimed product, one per
 * sum column. */
const air_component air_components[AIR_N_COMPONENTS] = {
    {"ALU", 0, alu_n_columns, 2, 2, 17, 0, {0}, alu_names},
    {"CMP", 0, cmp_n_columns, 2, 2, 23, 0, {0}, cmp_names},
    {"BIT", 0, bit_n_columns, 2, 3, 14, 0, {0}, bit_names},
    {"SH", 0, sh_n_columns, 2, 4, 22, 0, {0}, sh_names},
    {"JALR", 0, jalr_n_columns, 2, 2, 13, 0, {0}, jalr_names},
    {"CONST", 0, cst_n_columns, 1, 1, 12, 0, {0}, cst_names},
    {"LS", 0, ls_n_columns, 2, 3, 30, 0, {0}, ls_names},
    {"MULDIV", 0, md_n_columns, 2, 5, 46, 0, {0}, md_names},
    {"REFRESH", 0, rf_n_columns, 1, 1, 8, 0, {0}, rf_names},
    {"INITFIN",
     0,
     inf_n_columns,
     1,
     1,
     6,
     infb_n_columns,
     {INF_BEFORE_COLUMNS(BEFORE_INDEX)},
     inf_names},
    {"IMAGE", imgp_n_columns, img_n_columns, 1, 0, 2, 0, {0}, img_names},
    {"ROM", romp_n_columns, rom_n_columns, 0, 1, 1, 0, {0}, rom_names},
    {"TABLES", tabp_n_columns, tab_n_columns, 0, 1, 1, 0, {0}, tab_names},
};
