/* webhook.c - signatures of callbacks: the published example, what must be refused, the window. */
#include "market/webhook.h"
#include "tests/test.h"

/* The example that the libraries of Standard Webhooks are tested with. */
static const char example_secret[] = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
static const char example_body[] = "{\"test\": 2432232314}";
static const char example_signature[] = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
#define EXAMPLE_TIME 1614265330
static const char example_time[] = "1614265330";
static const char example_id[] = "msg_p5jXN8AQM9LWM0D4loKWxJek";

static webhook_secret secret_of(const char *text)
{
    webhook_secret s;
    memset(&s, 0, sizeof s);
    if (webhook_secret_read(&s, text, strlen(text)) != SP_OK) test_failed = 1;
    return s;
}

static webhook_message example(void)
{
    const webhook_message m = {example_id, EXAMPLE_TIME, example_body, sizeof example_body - 1};
    return m;
}

static sp_status check_at(const char *id, const char *time, const char *signature, uint64_t now)
{
    const webhook_secret s = secret_of(example_secret);
    const webhook_headers h = {id, time, signature};
    return webhook_verify(&h, example_body, sizeof example_body - 1, &s, 1, now);
}

static sp_status check(const char *id, const char *time, const char *signature)
{
    return check_at(id, time, signature, EXAMPLE_TIME);
}

TEST(webhook_published_example)
{
    const webhook_secret s = secret_of(example_secret);
    const webhook_message m = example();
    char signature[WEBHOOK_SIGNATURE];
    CHECK_EQ(s.n, 24);
    CHECK(webhook_sign(signature, &m, &s, 1) == SP_OK);
    CHECK(strcmp(signature, example_signature) == 0);
    CHECK(check(example_id, example_time, example_signature) == SP_OK);
}

TEST(webhook_window_is_300_seconds)
{
    static const struct {
        int64_t off;
        sp_status want;
    } some[] = {{0, SP_OK},          {300, SP_OK},         {-300, SP_OK},
                {301, SP_ERR_LIMIT}, {-301, SP_ERR_LIMIT}, {1000000, SP_ERR_LIMIT}};
    const webhook_secret s = secret_of(example_secret);
    const webhook_message m = example();
    char old[WEBHOOK_OLD_FORM];
    CHECK(webhook_sign_old(old, &m, &s, 1) == SP_OK);
    for (size_t i = 0; i < SP_COUNT(some); i++) {
        const uint64_t now = (uint64_t)(EXAMPLE_TIME + some[i].off);
        CHECK(check_at(example_id, example_time, example_signature, now) == some[i].want);
        CHECK(webhook_verify_old(old, m.body, m.body_bytes, &s, 1, now) == some[i].want);
    }
    CHECK(check_at(example_id, example_time, example_signature, 0) == SP_ERR_LIMIT);
    CHECK(check_at(example_id, example_time, example_signature, UINT64_MAX) == SP_ERR_LIMIT);
}

TEST(webhook_signature_is_of_id_time_and_body)
{
    const webhook_secret s = secret_of(example_secret);
    webhook_headers h = {example_id, example_time, example_signature};
    CHECK(check("msg_p5jXN8AQM9LWM0D4loKWxJel", example_time, example_signature) == SP_ERR_REJECT);
    CHECK(check(example_id, "1614265331", example_signature) == SP_ERR_REJECT);
    CHECK(webhook_verify(&h, example_body, sizeof example_body - 2, &s, 1, EXAMPLE_TIME) ==
          SP_ERR_REJECT);
    CHECK(webhook_verify(&h, NULL, 0, &s, 1, EXAMPLE_TIME) == SP_ERR_REJECT);
    /* Every bit of the signature counts. */
    for (size_t i = 0; i < sizeof example_signature - 1; i++)
        for (unsigned v = 1; v < 256; v++) {
            char other[sizeof example_signature];
            memcpy(other, example_signature, sizeof other);
            if (other[i] == (char)v) continue;
            other[i] = (char)v;
            CHECK(check(example_id, example_time, other) == SP_ERR_REJECT);
        }
}

TEST(webhook_list_of_signatures)
{
    char list[1024];
    (void)snprintf(list, sizeof list, "v1,AAAA v1a,%s v1, %s", example_signature + 3,
                   example_signature);
    CHECK(check(example_id, example_time, list) == SP_OK);
    (void)snprintf(list, sizeof list, "v2,%s", example_signature + 3);
    CHECK(check(example_id, example_time, list) == SP_ERR_REJECT);
    CHECK(check(example_id, example_time, "v1,AAAA") == SP_ERR_REJECT);
    CHECK(check(example_id, example_time, example_signature + 3) == SP_ERR_REJECT);
    /* 15 others and the right one, then 16 others. */
    for (unsigned others = 15; others <= 16; others++) {
        list[0] = 0;
        for (unsigned i = 0; i < others; i++) strcat(list, "v1,AAAA ");
        strcat(list, example_signature);
        CHECK(check(example_id, example_time, list) == (others == 15 ? SP_OK : SP_ERR_FORMAT));
    }
}

TEST(webhook_secrets_are_replaced_without_a_gap)
{
    webhook_secret both[2] = {secret_of(example_secret),
                              secret_of("whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")};
    const webhook_secret other = secret_of("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSx");
    const webhook_message m = example();
    char signature[WEBHOOK_SIGNATURE], old[WEBHOOK_OLD_FORM];
    CHECK(webhook_sign(signature, &m, both, 2) == SP_OK && strlen(signature) == 95);
    CHECK(webhook_sign_old(old, &m, both, 2) == SP_OK && strlen(old) == 12 + 2 * 68);
    const webhook_headers h = {m.id, example_time, signature};
    for (size_t i = 0; i < 2; i++) {
        CHECK(webhook_verify(&h, m.body, m.body_bytes, &both[i], 1, EXAMPLE_TIME) == SP_OK);
        CHECK(webhook_verify_old(old, m.body, m.body_bytes, &both[i], 1, EXAMPLE_TIME) == SP_OK);
    }
    CHECK(webhook_verify(&h, m.body, m.body_bytes, &other, 1, EXAMPLE_TIME) == SP_ERR_REJECT);
    CHECK(webhook_verify_old(old, m.body, m.body_bytes, &other, 1, EXAMPLE_TIME) == SP_ERR_REJECT);
    /* A receiver that has both secrets takes a signature by either. */
    CHECK(webhook_sign(signature, &m, &both[1], 1) == SP_OK);
    CHECK(webhook_verify(&h, m.body, m.body_bytes, both, 2, EXAMPLE_TIME) == SP_OK);
    CHECK(webhook_verify(&h, m.body, m.body_bytes, both, 1, EXAMPLE_TIME) == SP_ERR_REJECT);
    both[0].n = 23;
    CHECK(webhook_verify(&h, m.body, m.body_bytes, both, 2, EXAMPLE_TIME) == SP_ERR_ARG);
    CHECK(webhook_verify(&h, m.body, m.body_bytes, both + 1, 0, EXAMPLE_TIME) == SP_ERR_ARG);
    CHECK(webhook_sign(signature, &m, both, 2) == SP_ERR_ARG);
}

TEST(webhook_takes_up_to_four_secrets)
{
    webhook_secret s[WEBHOOK_SECRETS + 1];
    char signature[WEBHOOK_SIGNATURE], old[WEBHOOK_OLD_FORM];
    webhook_message m = example();
    for (size_t i = 0; i <= WEBHOOK_SECRETS; i++) {
        s[i] = secret_of(example_secret);
        s[i].key[0] = (uint8_t)i;
    }
    CHECK(webhook_sign(signature, &m, s, WEBHOOK_SECRETS + 1) == SP_ERR_ARG);
    CHECK(webhook_sign_old(old, &m, s, WEBHOOK_SECRETS + 1) == SP_ERR_ARG);
    CHECK(webhook_sign(signature, &m, s, WEBHOOK_SECRETS) == SP_OK);
    CHECK(strlen(signature) == sizeof signature - 1); /* all of the room */
    m.timestamp = UINT64_MAX;
    CHECK(webhook_sign_old(old, &m, s, WEBHOOK_SECRETS) == SP_OK);
    CHECK(strlen(old) == sizeof old - 1);
    const webhook_headers h = {m.id, example_time, signature};
    for (size_t i = 0; i <= WEBHOOK_SECRETS; i++)
        CHECK((webhook_verify(&h, m.body, m.body_bytes, &s[i], 1, EXAMPLE_TIME) == SP_OK) ==
              (i < WEBHOOK_SECRETS));
    CHECK(webhook_verify(&h, m.body, m.body_bytes, s + 1, WEBHOOK_SECRETS, EXAMPLE_TIME) == SP_OK);
}

TEST(webhook_older_form)
{
    const webhook_secret s = secret_of(example_secret);
    const webhook_message m = example();
    /* HMAC-SHA256 of 1614265330.{"test": 2432232314}, computed with Python. */
    static const char want[] =
        "t=1614265330,v1=e96203c6de850e7dc1fde7489ef6140b402d3a5a64fe250cd2eef9830fac1cef";
    static const char *const bad[] = {"",
                                      "t=",
                                      "t=1614265330",
                                      "t=1614265330,",
                                      "v1=00",
                                      "T=1614265330,v1=00",
                                      "t=01614265330,v1=00",
                                      "t=1614265330 ,v1=00"};
    char old[WEBHOOK_OLD_FORM];
    CHECK(webhook_sign_old(old, &m, &s, 1) == SP_OK && strcmp(old, want) == 0);
    CHECK(webhook_verify_old(old, m.body, m.body_bytes, &s, 1, EXAMPLE_TIME) == SP_OK);
    for (size_t i = 0; i < SP_COUNT(bad); i++) {
        const sp_status st = webhook_verify_old(bad[i], m.body, m.body_bytes, &s, 1, EXAMPLE_TIME);
        CHECK(st == (i == 3 ? SP_ERR_REJECT : SP_ERR_FORMAT)); /* a signature that is empty */
    }
    CHECK(webhook_verify_old(NULL, m.body, m.body_bytes, &s, 1, EXAMPLE_TIME) == SP_ERR_FORMAT);
    /* No other byte in any place of the signature, not even one that some would read alike. */
    for (size_t i = 16; i < sizeof want - 1; i++)
        for (unsigned v = 1; v < 256; v++) {
            memcpy(old, want, sizeof want);
            if (old[i] == (char)v) continue;
            old[i] = (char)v;
            CHECK(webhook_verify_old(old, m.body, m.body_bytes, &s, 1, EXAMPLE_TIME) != SP_OK);
        }
    /* 15 others and the right one, then 16 others. */
    for (unsigned others = 15; others <= 16; others++) {
        char list[1024] = "t=1614265330";
        for (unsigned i = 0; i < others; i++) strcat(list, ",v1=00");
        strcat(list, want + 12);
        CHECK(webhook_verify_old(list, m.body, m.body_bytes, &s, 1, EXAMPLE_TIME) ==
              (others == 15 ? SP_OK : SP_ERR_FORMAT));
    }
}

TEST(webhook_headers_of_another_form)
{
    static const char *const times[] = {"",
                                        "-1",
                                        "+1614265330",
                                        "01614265330",
                                        " 1614265330",
                                        "1614265330.0",
                                        "1614265330000000",
                                        "0x6037b4b2"};
    static const char *const ids[] = {"", "msg 1", "msg.1", "1614265330", "msg_\x80", "msg\n"};
    char long_id[WEBHOOK_ID_MAX + 2];
    CHECK(check(example_id, "161426533000000", example_signature) == SP_ERR_LIMIT); /* 15 digits */
    /* Visible ASCII but the dot is an id, digits alone are not. */
    for (unsigned c = 1; c < 256; c++) {
        const char id[2] = {(char)c, 0};
        const bool digit = c >= '0' && c <= '9', fine = c > 0x20 && c < 0x7f && c != '.' && !digit;
        CHECK(check(id, example_time, example_signature) == (fine ? SP_ERR_REJECT : SP_ERR_FORMAT));
    }
    for (size_t i = 0; i < SP_COUNT(times); i++)
        CHECK(check(example_id, times[i], example_signature) == SP_ERR_FORMAT);
    for (size_t i = 0; i < SP_COUNT(ids); i++) {
        webhook_message m = example();
        const webhook_secret s = secret_of(example_secret);
        char signature[WEBHOOK_SIGNATURE];
        m.id = ids[i];
        CHECK(check(ids[i], example_time, example_signature) == SP_ERR_FORMAT);
        CHECK(webhook_sign(signature, &m, &s, 1) == SP_ERR_ARG);
    }
    memset(long_id, 'm', sizeof long_id);
    long_id[WEBHOOK_ID_MAX + 1] = 0;
    CHECK(check(long_id, example_time, example_signature) == SP_ERR_FORMAT);
    CHECK(check(long_id + 1, example_time, example_signature) == SP_ERR_REJECT);
    CHECK(check(NULL, example_time, example_signature) == SP_ERR_FORMAT);
    CHECK(check(example_id, NULL, example_signature) == SP_ERR_FORMAT);
    CHECK(check(example_id, example_time, NULL) == SP_ERR_FORMAT);
    CHECK(check(example_id, example_time, "") == SP_ERR_FORMAT);
}

TEST(webhook_secret_text)
{
    static const char *const bad[] = {
        "whsec_",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS=",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLa==", /* 23 bytes and less */
        "Whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw\n"};
    webhook_secret s, kept;
    char text[WEBHOOK_SECRET_TEXT];
    memset(&s, 7, sizeof s);
    kept = s;
    for (size_t i = 0; i < SP_COUNT(bad); i++) {
        CHECK(webhook_secret_read(&s, bad[i], strlen(bad[i])) == SP_ERR_FORMAT);
        CHECK_BYTES(&s, &kept, sizeof s);
    }
    for (s.n = WEBHOOK_SECRET_MIN; s.n <= WEBHOOK_SECRET_MAX; s.n++) {
        webhook_secret back;
        CHECK(webhook_secret_write(text, &s) == SP_OK && strlen(text) < WEBHOOK_SECRET_TEXT);
        CHECK(webhook_secret_read(&back, text, strlen(text)) == SP_OK && back.n == s.n);
        CHECK_BYTES(back.key, s.key, s.n);
        for (size_t i = s.n; i < sizeof back.key; i++) CHECK(back.key[i] == 0);
        CHECK(webhook_secret_read(&back, text, strlen(text) - 1) == SP_ERR_FORMAT);
    }
    CHECK(webhook_secret_write(text, &s) == SP_ERR_ARG);
    /* One byte more than the longest. */
    CHECK(strlen(text) == 94);
    text[92] = text[93] = 'A';
    CHECK(webhook_secret_read(&s, text, 94) == SP_ERR_FORMAT);
}
