/* fake_smi.c - nvidia-smi; the name that it is called by says how it is: fine, fails or hangs. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    const char *slash = argc > 0 ? strrchr(argv[0], '/') : NULL;
    const char *how = slash != NULL ? slash + 1 : "";
    if (strcmp(how, "hangs") == 0)
        for (;;) (void)pause();
    (void)puts("fallback, 1024, 0, 0, 7.5, 1.0");
    return strcmp(how, "fine") == 0 ? 0 : 9;
}
