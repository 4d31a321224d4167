package org.posthorn.server.delivery.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.server.delivery.Outcome;
import org.posthorn.server.delivery.tls.Question.Wish;
import org.posthorn.server.dns.SecureDns.Tlsa;
import org.posthorn.server.dns.ZoneDns;
import org.posthorn.server.spool.TestClock;

/** What is wanted of a host, by our rules, DANE and MTA-STS. */
class TlsPoliciesTest {

    private static final Tlsa KEY = new Tlsa(3, 1, 1, "ab".repeat(32));
    private static final Tlsa ANCHOR = new Tlsa(2, 0, 1, "cd".repeat(32));
    private static final Tlsa UNUSABLE = new Tlsa(1, 1, 1, "ef".repeat(32));

    @TempDir private Path home;
    private final FakeSecureDns signed = new FakeSecureDns();
    private final ZoneDns zone = new ZoneDns();
    private final Map<String, TlsRule> rules = new HashMap<>();
    private Optional<StsPolicy> published = Optional.empty();
    private boolean atLeast;

    private Plan ask(String host, TlsRule.Want usual, Wish wish) {
        var usually = TlsConfig.of("me.example", home);
        var config = new TlsConfig(true, usually.sts(), usually.minimum(), Optional.empty(), rules, usually.reports(),
            usually.data());
        PolicyFetch fetch = _ -> published.<PolicyFetch.Fetched>map(PolicyFetch.Fetched.Got::new).orElse(
            new PolicyFetch.Fetched.Failed(new Shortcoming(Shortcoming.Type.STS_POLICY_FETCH_ERROR, "broken")));
        var sts = new StsPolicies(config, zone, fetch, new StsFiles(config), new TestClock());
        return new TlsPolicies(config, signed, sts).of(new Question("d.example", true, host, 25, usual, atLeast, wish));
    }

    private Plan ask() {
        return ask("mx.example", TlsRule.Want.OPPORTUNISTIC, Wish.NONE);
    }

    private static TlsPolicy policy(Plan plan) {
        return ((Plan.Go) plan).terms().policy();
    }

    private static Outcome refusal(Plan plan) {
        return ((Plan.Not) plan).outcome();
    }

    private void publish(String mode, String pattern) {
        zone.txt("_mta-sts.d.example", "v=STSv1; id=1;");
        published = StsPolicy.parse("version: STSv1\nmode: " + mode + "\nmx: " + pattern + "\nmax_age: 600\n");
    }

    private FakeSecureDns sign(Tlsa... records) {
        signed.mx("d.example", "mx.example").host("mx.example");
        for (var record : records) {
            signed.tlsa("mx.example", 25, record);
        }
        return signed;
    }

    @ParameterizedTest
    @CsvSource({"NEVER,Clear", "OPPORTUNISTIC,Opportunistic", "REQUIRED,Verified"})
    void whereNothingIsPublishedTheUsualRuleHolds(TlsRule.Want usual, String policy) {
        assertThat(policy(ask("mx.example", usual, Wish.NONE)).getClass().getSimpleName()).isEqualTo(policy);
    }

    @Test void signedRecordsAreHeldTo() {
        sign(KEY);
        assertThat(policy(ask())).isEqualTo(new TlsPolicy.Dane("mx.example", List.of(KEY), Set.of()));
        assertThat(ask().basis().lines()).containsExactly(KEY.toString());
    }

    /** RFC 7672 section 3.2.2. */
    @Test void belowAnAuthorityTheHostMayGoByThreeNames() {
        signed.mx("d.example", "mx.example").host("mx.example", "end.example").tlsa("end.example", 25, ANCHOR);
        assertThat(policy(ask())).isEqualTo(new TlsPolicy.Dane("end.example", List.of(ANCHOR),
            Set.of("end.example", "mx.example", "d.example")));
    }

    /** RFC 7672 section 2.2: mandatory, but unauthenticated. */
    @Test void recordsOfWhichNoneCanBeUsedStillMeanTls() {
        sign(UNUSABLE);
        assertThat(policy(ask())).isEqualTo(new TlsPolicy.Encrypted(TlsPolicy.Cause.DANE));
        assertThat(ask().basis().shortcoming().orElseThrow().type()).isEqualTo(Shortcoming.Type.TLSA_INVALID);
    }

    @ParameterizedTest
    @CsvSource({"d.example", "mx.example", "mx.example:25"})
    void aLookupThatFailsIsNoDowngrade(String name) {
        sign(KEY).failing(name);
        assertThat(refusal(ask())).isInstanceOfSatisfying(Outcome.Deferred.class,
            deferred -> assertThat(deferred.reply().toString()).startsWith("451 4.4.3"));
    }

    @Test void mxRecordsThatAreNotSignedLeadToNoDane() {
        signed.host("mx.example").tlsa("mx.example", 25, KEY);
        assertThat(policy(ask())).isEqualTo(new TlsPolicy.Opportunistic());
    }

    @Test void aHostThatIsNotSignedHasNoDane() {
        signed.mx("d.example", "mx.example").tlsa("mx.example", 25, KEY);
        assertThat(policy(ask())).isEqualTo(new TlsPolicy.Opportunistic());
    }

    /** The answer by which the host was found may have been forged. */
    @Test void aHostThatSignedMxRecordsDoNotNameIsRefused() {
        sign(KEY);
        assertThat(refusal(ask("evil.example", TlsRule.Want.OPPORTUNISTIC, Wish.NONE)).reply().toString())
            .contains("none of the signed mail exchangers");
    }

    @Test void aDomainWithoutMxIsItsOwnHost() {
        signed.host("d.example").tlsa("d.example", 25, KEY);
        assertThat(policy(ask("d.example", TlsRule.Want.OPPORTUNISTIC, Wish.NONE))).isInstanceOf(TlsPolicy.Dane.class);
    }

    @Test void anEnforcedPolicyWantsAVerifiedHostOfItsList() {
        publish("enforce", "mx.example");
        assertThat(policy(ask())).isEqualTo(new TlsPolicy.Verified(Set.of("mx.example"), TlsPolicy.Cause.MTA_STS));
        assertThat(refusal(ask("mx.elsewhere.test", TlsRule.Want.OPPORTUNISTIC, Wish.NONE)).reply().toString())
            .startsWith("451 4.7.5");
    }

    @Test void aPolicyInTestingOnlyLooks() {
        publish("testing", "mx.example");
        assertThat(policy(ask())).isEqualTo(new TlsPolicy.Observed(Set.of("mx.example")));
        var foreign = ask("other.example", TlsRule.Want.OPPORTUNISTIC, Wish.NONE);
        assertThat(policy(foreign)).isEqualTo(new TlsPolicy.Opportunistic());
        assertThat(foreign.basis().shortcoming()).isPresent();
    }

    @Test void aPolicyOfModeNoneIsNone() {
        publish("none", "mx.example");
        assertThat(policy(ask())).isEqualTo(new TlsPolicy.Opportunistic());
    }

    /** RFC 8461 section 2. */
    @Test void daneGoesBeforeMtaSts() {
        sign(KEY);
        publish("enforce", "other.example");
        assertThat(policy(ask())).isInstanceOf(TlsPolicy.Dane.class);
    }

    @ParameterizedTest
    @CsvSource({"NEVER,Clear", "UNCHECKED,Opportunistic"})
    void ourRuleMaySetAsideWhatIsPublished(TlsRule.Want want, String policy) {
        sign(KEY);
        rules.put("d.example", new TlsRule(want, Set.of(), TlsTerms.Minimum.TLS_1_2));
        assertThat(policy(ask()).getClass().getSimpleName()).isEqualTo(policy);
    }

    @Test void ourRuleIsTheLeast() {
        rules.put("d.example", new TlsRule(TlsRule.Want.ENCRYPTED, Set.of(), TlsTerms.Minimum.TLS_1_3));
        assertThat(ask()).isInstanceOfSatisfying(Plan.Go.class, go -> assertThat(go.terms()).isEqualTo(new TlsTerms(
            new TlsPolicy.Encrypted(TlsPolicy.Cause.CONFIGURATION), TlsTerms.Minimum.TLS_1_3)));
        publish("testing", "mx.example");
        assertThat(policy(ask())).isInstanceOf(TlsPolicy.Encrypted.class);
        sign(KEY);
        assertThat(policy(ask())).isInstanceOf(TlsPolicy.Dane.class);
    }

    @Test void aRuleMayNameTheCertificate() {
        rules.put("*.example", new TlsRule(TlsRule.Want.REQUIRED, Set.of("Bank.Example"), TlsTerms.Minimum.TLS_1_2));
        assertThat(policy(ask())).isEqualTo(new TlsPolicy.Verified(Set.of("bank.example"),
            TlsPolicy.Cause.CONFIGURATION));
    }

    /** RFC 7672 section 6. */
    @ParameterizedTest
    @CsvSource({"false", "true"})
    void daneThatWeWantIsNotDoneWithout(boolean unusable) {
        if (unusable) {
            sign(UNUSABLE);
        }
        rules.put("d.example", new TlsRule(TlsRule.Want.DANE, Set.of(), TlsTerms.Minimum.TLS_1_2));
        assertThat(refusal(ask()).reply().toString()).startsWith("451 4.7.5");
    }

    /** RFC 8689 section 5: the domain's policies are set aside, our own are not. */
    @Test void whatMustArriveGoesWhateverIsPublished() {
        sign(KEY).failing("mx.example:25");
        publish("enforce", "other.example");
        assertThat(policy(ask("mx.example", TlsRule.Want.OPPORTUNISTIC, Wish.ARRIVAL))).isEqualTo(
            new TlsPolicy.Opportunistic());
        assertThat(policy(ask("mx.example", TlsRule.Want.REQUIRED, Wish.ARRIVAL))).isInstanceOf(
            TlsPolicy.Verified.class);
    }

    /** RFC 8689 section 4.2.1. */
    @Test void whatMustBeSecretNeedsAWayThatIsVouchedFor() {
        assertThat(refusal(ask("mx.example", TlsRule.Want.OPPORTUNISTIC, Wish.SECRECY)).reply().toString())
            .startsWith("550 5.7.30");
        publish("testing", "mx.example");
        assertThat(policy(ask("mx.example", TlsRule.Want.OPPORTUNISTIC, Wish.SECRECY))).isInstanceOf(
            TlsPolicy.Verified.class);
        sign(UNUSABLE);
        assertThat(policy(ask("mx.example", TlsRule.Want.OPPORTUNISTIC, Wish.SECRECY))).isEqualTo(
            new TlsPolicy.Verified(Set.of("mx.example"), TlsPolicy.Cause.REQUIRETLS));
        rules.put("d.example", new TlsRule(TlsRule.Want.NEVER, Set.of(), TlsTerms.Minimum.TLS_1_2));
        assertThat(refusal(ask("mx.example", TlsRule.Want.OPPORTUNISTIC, Wish.SECRECY)).reply().toString())
            .startsWith("550 5.7.30");
    }

    /** What cannot be found out now is no verdict. */
    @ParameterizedTest
    @CsvSource({"record,4.4.3", "policy,4.7.5", "mx,4.4.3"})
    void whatMustBeSecretWaitsWhereNobodyCanSayWhetherItsWayIsSure(String failing, String status) {
        switch (failing) {
            case "record" -> zone.failing("_mta-sts.d.example");
            case "policy" -> zone.txt("_mta-sts.d.example", "v=STSv1; id=1;");
            default -> signed.failing("d.example");
        }
        var refusal = refusal(ask("mx.example", TlsRule.Want.OPPORTUNISTIC, Wish.SECRECY));
        assertThat(refusal).isInstanceOf(Outcome.Deferred.class);
        assertThat(refusal.reply().toString()).startsWith("451 " + status);
    }

    /** An address has no signed records, and a resolver that fails to find any is no reason to wait. */
    @ParameterizedTest
    @CsvSource({"192.0.2.1", "2001:db8::1", "localhost"})
    void whatIsNotInTheDnsHasNoDane(String host) {
        signed.failing(host);
        signed.mx("d.example", host);
        assertThat(policy(ask(host, TlsRule.Want.OPPORTUNISTIC, Wish.NONE))).isEqualTo(new TlsPolicy.Opportunistic());
    }

    /** A relay that hears a password, and a rule for all of .com that was not meant for it. */
    @ParameterizedTest
    @CsvSource({"UNCHECKED,REQUIRED", "NEVER,REQUIRED", "ENCRYPTED,REQUIRED", "NEVER,ENCRYPTED"})
    void aRuleUndoesNothingThatARelayDemands(TlsRule.Want ruled, TlsRule.Want demanded) {
        rules.put("d.example", new TlsRule(ruled, Set.of(), TlsTerms.Minimum.TLS_1_3));
        atLeast = true;
        var plan = (Plan.Go) ask("mx.example", demanded, Wish.NONE);
        assertThat(plan.terms().minimum()).isEqualTo(TlsTerms.Minimum.TLS_1_3);
        assertThat(plan.terms().policy()).isInstanceOf(demanded == TlsRule.Want.REQUIRED ? TlsPolicy.Verified.class
            : TlsPolicy.Encrypted.class);
        atLeast = false;
        assertThat(policy(ask("mx.example", demanded, Wish.NONE)).isDemanding()).isEqualTo(
            ruled == TlsRule.Want.ENCRYPTED);
    }

    /** No fetch, no policy: but for a time it is not asked for again. */
    @Test void theTimeForAPolicyIsBounded() {
        assertThat(TlsConfig.of("me.example", home).sts().timeout()).isLessThanOrEqualTo(Duration.ofMinutes(1));
    }
}
