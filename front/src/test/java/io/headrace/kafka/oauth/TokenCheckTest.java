package io.headrace.kafka.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.kafka.oauth.TokenCheck.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(ReplaceUnderscores.class)
class TokenCheckTest {
    private static final Logger LOGGER = Logger.getLogger(TokenCheck.class.getName());
    private static final long HOUR = 3_600_000;

    @TempDir
    Path folder;

    private Path keys;
    private TestIssuer issuer;
    private TokenCheck check;

    @BeforeEach
    void publish() throws Exception {
        LOGGER.setLevel(Level.OFF); // some tests break the file on purpose
        keys = folder.resolve("jwks.json");
        issuer = TestIssuer.rsa("one");
        TestIssuer.publish(keys, issuer);
        check = TokenCheck.open(
                new OauthConfig(keys.toString(), "https://issuer", List.of("other", "headrace"), "sub", 30_000));
    }

    private static void assertRefused(Verdict verdict, String because) {
        assertThat(verdict)
                .isInstanceOfSatisfying(
                        Verdict.Invalid.class,
                        invalid -> assertThat(invalid.reason()).contains(because));
    }

    @Test
    void a_token_signed_by_a_known_key_names_its_user_and_its_end() throws Exception {
        assertThat(check.check(issuer.token("ann", HOUR), 1_000)).isEqualTo(new Verdict.Valid("ann", HOUR));
    }

    @Test
    void elliptic_curves_sign_too() throws Exception {
        var curved = TestIssuer.ellipticCurve("two");
        TestIssuer.publish(keys, issuer, curved);

        assertThat(check.check(curved.token("ann", HOUR), 1_000)).isEqualTo(new Verdict.Valid("ann", HOUR));
    }

    @Test
    void a_token_is_good_until_its_end_and_the_clocks_skew() throws Exception {
        var token = issuer.token("ann", HOUR);

        assertThat(check.check(token, HOUR + 29_000)).isInstanceOf(Verdict.Valid.class);
        assertRefused(check.check(token, HOUR + 31_000), "expired");
    }

    @Test
    void a_token_without_an_end_is_refused() throws Exception {
        assertRefused(check.check(issuer.token("ann", -1), 1_000), "when it expires");
    }

    @Test
    void a_token_of_another_issuer_or_for_others_is_refused() throws Exception {
        var elsewhere = TestIssuer.claims("ann", HOUR);
        elsewhere.setIssuer("https://elsewhere");
        var forOthers = TestIssuer.claims("ann", HOUR);
        forOthers.setAudience("bank");

        assertRefused(check.check(issuer.signed(elsewhere), 1_000), "another issuer");
        assertRefused(check.check(issuer.signed(forOthers), 1_000), "for others");
    }

    @Test
    void a_token_without_a_name_is_refused() throws Exception {
        assertRefused(check.check(issuer.token(" ", HOUR), 1_000), "no claim 'sub'");
    }

    @Test
    void a_signature_by_a_strange_key_is_refused_even_under_the_name_of_a_known_one() throws Exception {
        assertRefused(check.check(TestIssuer.rsa("one").token("ann", HOUR), 1_000), "signature is wrong");
        assertRefused(check.check(TestIssuer.rsa("strange").token("ann", HOUR), 1_000), "key");
    }

    /// RFC 8725 §2.1: a public key is no secret.
    @Test
    void a_public_key_does_not_sign() throws Exception {
        assertRefused(check.check(issuer.signedWithPublicKey(TestIssuer.claims("ann", HOUR)), 1_000), "algorithm");
    }

    @Test
    void an_unsigned_token_is_refused() throws Exception {
        var claims = Map.<String, Object>of("sub", "ann", "iss", "https://issuer", "aud", "headrace", "exp", 9_999);

        assertRefused(check.check(TestIssuer.unsigned(claims), 1_000), "algorithm");
    }

    /// It may be good for somebody else.
    @Test
    void the_log_never_has_the_token() throws Exception {
        var token = issuer.token("ann", HOUR);
        assertThat(((Verdict.Invalid) check.check(token, 2 * HOUR)).reason()).doesNotContain(token.split("\\.")[1]);
    }

    @Test
    void what_is_no_token_is_refused() {
        assertRefused(check.check("", 0), "");
        assertRefused(check.check("a.b", 0), "");
        assertRefused(check.check("{}.{}.{}", 0), "");
    }

    @Test
    void new_keys_act_with_the_next_token_and_old_ones_no_more() throws Exception {
        var next = TestIssuer.rsa("next");
        TestIssuer.publish(keys, next);
        Files.setLastModifiedTime(keys, FileTime.fromMillis(7_000));

        assertThat(check.check(next.token("ann", HOUR), 1_000)).isInstanceOf(Verdict.Valid.class);
        assertThat(check.check(issuer.token("ann", HOUR), 1_000)).isInstanceOf(Verdict.Invalid.class);
    }

    @Test
    void a_file_that_is_broken_or_gone_leaves_the_old_keys_in_use() throws Exception {
        Files.writeString(keys, "{");
        assertThat(check.check(issuer.token("ann", HOUR), 1_000)).isInstanceOf(Verdict.Valid.class);

        Files.delete(keys);
        assertThat(check.check(issuer.token("ann", HOUR), 1_000)).isInstanceOf(Verdict.Valid.class);
    }

    @Test
    void a_start_needs_keys() throws Exception {
        Files.writeString(keys, "{\"keys\":[]}");

        assertThatThrownBy(() -> TokenCheck.open(new OauthConfig(keys.toString(), "", List.of(), "sub", 0)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(keys.toString());
    }

    @Test
    void without_expectations_any_issuer_and_audience_will_do() throws Exception {
        var claims = TestIssuer.claims("ann", HOUR);
        claims.setStringClaim("preferred_username", "nan");
        var lax = TokenCheck.open(new OauthConfig(keys.toString(), "", List.of(), "preferred_username", 0));

        assertThat(lax.check(issuer.signed(claims), 1_000)).isEqualTo(new Verdict.Valid("nan", HOUR));
    }
}
