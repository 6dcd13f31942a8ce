/* secret.c - see secret.h. */
#include "cli/secret.h"

#include "cli/args.h"
#include "cli/file.h"
#include "starknet/keystore.h"
#include "starknet/private_file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

/* One byte; a signal that comes at any time before it ends the wait. *got as of read(). */
static bool next_byte(int fd, char *c, ssize_t *got)
{
    sigset_t ours, before;
    fd_set set;
    bool ready = false;
    sigemptyset(&ours);
    sigaddset(&ours, SIGINT);
    sigaddset(&ours, SIGTERM);
    sigaddset(&ours, SIGHUP);
    sigprocmask(SIG_BLOCK, &ours,
                &before); /* so that none comes between the question and the wait */
    while (!ready && !signals_stopped()) {
        FD_ZERO(&set);
        FD_SET(fd, &set); /* below FD_SETSIZE: the program has few files open */
        ready = pselect(fd + 1, &set, NULL, NULL, NULL, &before) > 0 || errno != EINTR;
    }
    sigprocmask(SIG_SETMASK, &before, NULL);
    if (!ready) return false;
    do {
        *got = read(fd, c, 1);
    } while (*got < 0 && errno == EINTR && !signals_stopped());
    return !signals_stopped();
}

/* Byte by byte: what follows the line stays for who reads next, and no buffer keeps a copy. */
static int read_line(char out[SECRET_MAX], int fd, const char *what)
{
    size_t n = 0;
    char c = 0;
    ssize_t got = 0;
    for (;;) {
        if (!next_byte(fd, &c, &got)) return cli_fail(EXIT_INTERRUPTED, "interrupted");
        if (got <= 0 || c == '\n') break;
        if (n + 1 == SECRET_MAX) return cli_fail(EXIT_USAGE, "the %s is too long", what);
        out[n++] = c;
    }
    if (got < 0) return cli_fail(EXIT_IO, "the %s cannot be read: %s", what, strerror(errno));
    if (n && out[n - 1] == '\r') n--;
    out[n] = 0;
    if (strlen(out) != n) return cli_fail(EXIT_USAGE, "the %s has a zero byte", what);
    return n ? 0 : cli_fail(EXIT_USAGE, "no %s was given, or an empty one", what);
}

static void say(int fd, const char *text)
{
    const size_t n = strlen(text);
    if (write(fd, text, n) != (ssize_t)n) {
        /* The answer is read all the same. */
    }
}

/* The terminal is as before when this returns, also after the first Ctrl-C. */
static int ask(char out[SECRET_MAX], int terminal, const char *what, const char *again)
{
    struct termios before, quiet;
    if (tcgetattr(terminal, &before))
        return cli_fail(EXIT_IO, "the terminal cannot be kept from showing the %s", what);
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    if (tcsetattr(terminal, TCSAFLUSH, &quiet))
        return cli_fail(EXIT_IO, "the terminal cannot be kept from showing the %s", what);
    say(terminal, what);
    say(terminal, again);
    say(terminal, ": ");
    const int code = read_line(out, terminal, what);
    (void)tcsetattr(terminal, TCSAFLUSH, &before);
    if (!code) say(terminal, "\n");
    return code;
}

static void warn_of_others(const char *path)
{
    fprintf(stderr, "%s: warning: %s is open to other users\n", cli_name(), path);
}

/* *twice: asked for again and compared, where it is asked for. */
static int get(char out[SECRET_MAX], const char *path, const char *what, bool twice)
{
    char again[SECRET_MAX];
    struct stat st;
    int code;
    if (path && strcmp(path, "-")) {
        const int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0) return cli_fail(EXIT_IO, "%s: cannot be read: %s", path, strerror(errno));
        /* Of a pipe or a terminal the mode says nothing. */
        if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && !private_file_check(fd))
            warn_of_others(path);
        code = read_line(out, fd, what);
        close(fd);
        return code;
    }
    const int terminal = path ? -1 : open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    if (terminal < 0) return read_line(out, STDIN_FILENO, what);
    code = ask(out, terminal, what, "");
    if (!code && twice) {
        code = ask(again, terminal, what, " again");
        if (!code && strcmp(out, again)) code = cli_fail(EXIT_USAGE, "the two differ");
        ct_wipe(again, sizeof again);
    }
    close(terminal);
    return code;
}

int secret_line(char out[SECRET_MAX], const char *path, const char *prompt)
{
    return get(out, path, prompt, false);
}

int secret_new_password(char out[SECRET_MAX], const char *path)
{
    return get(out, path, "password", true);
}

int secret_unlock(ecdsa_key *key, const char *keystore, const char *path)
{
    char password[SECRET_MAX] = "", *json;
    uint8_t secret[KEYSTORE_SECRET];
    size_t n;
    bool others;
    if (!keystore) return cli_fail(EXIT_USAGE, "--keystore is needed");
    sp_status st = keystore_file_read(&json, &n, &others, keystore);
    if (st == SP_ERR_NOMEM) return cli_fail(EXIT_LIMIT, "not enough memory");
    if (st == SP_ERR_LIMIT) return cli_fail(EXIT_FORMAT, "%s: is no keystore", keystore);
    if (st != SP_OK) return cli_fail(EXIT_IO, "%s: cannot be read, or is no file", keystore);
    if (others) warn_of_others(keystore);
    int code = secret_line(password, path, "password of the keystore");
    if (!code) {
        st = keystore_open(secret, json, n, password, strlen(password));
        if (st == SP_ERR_REJECT)
            code = cli_fail(EXIT_USAGE, "%s: the password is wrong, or the file was altered",
                            keystore);
        else if (st == SP_ERR_NOMEM || st == SP_ERR_LIMIT)
            code = cli_fail(EXIT_LIMIT, "%s: too little memory to open it", keystore);
        else if (st != SP_OK || ecdsa_key_read(key, secret) != SP_OK)
            code = cli_fail(EXIT_FORMAT, "%s: no keystore of a Starknet key", keystore);
    }
    ct_wipe(password, sizeof password);
    ct_wipe(secret, sizeof secret);
    free(json);
    return code;
}
