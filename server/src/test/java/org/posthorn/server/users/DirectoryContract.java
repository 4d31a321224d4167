package org.posthorn.server.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.posthorn.protocols.address.Mailbox;
import org.posthorn.server.users.DirectoryException.Kind;

/** What every directory does. */
interface DirectoryContract {

    Mailbox ANN = new Mailbox("ann", "example.org");
    Mailbox BOB = new Mailbox("bob", "example.org");
    Mailbox FAR = new Mailbox("Carol", "far.example");

    /** An empty directory. */
    Directory directory(UsersConfig config);

    default Directory empty() {
        return directory(TestPasswords.CHEAP);
    }

    default Directory withAnn() {
        var directory = empty();
        directory.addDomain("example.org");
        directory.addUser(ANN, Optional.empty());
        return directory;
    }

    static Resolution user(Mailbox user) {
        return new Resolution.User(user, "");
    }

    static Resolution alias(Mailbox... targets) {
        return new Resolution.Alias(List.of(targets));
    }

    private static Kind refusal(Runnable change) {
        try {
            change.run();
        } catch (DirectoryException e) {
            assertThat(e).message().isNotBlank().doesNotContain("\n");
            return e.kind();
        }
        throw new AssertionError("was not refused");
    }

    @Test default void aUserIsFoundWithoutRegardToCase() {
        var directory = withAnn();
        assertThat(directory.resolve(ANN)).isEqualTo(user(ANN));
        assertThat(directory.resolve(new Mailbox("ANN", "example.org"))).isEqualTo(user(ANN));
    }

    @Test default void decomposedCharactersAreTheSameName() {
        var directory = withAnn();
        directory.addUser(new Mailbox("J\u00fcrgen", "example.org"), Optional.empty());
        assertThat(directory.resolve(new Mailbox("ju\u0308rgen", "example.org")))
            .isEqualTo(user(new Mailbox("j\u00fcrgen", "example.org")));
    }

    @Test default void anotherDomainIsForeignAndAnotherNameUnknown() {
        var directory = withAnn();
        assertThat(directory.resolve(FAR)).isEqualTo(new Resolution.Foreign());
        assertThat(directory.resolve(BOB)).isEqualTo(new Resolution.Unknown());
        assertThat(directory.isHosted("example.org")).isTrue();
        assertThat(directory.isHosted("EXAMPLE.org")).isTrue();
        assertThat(directory.isHosted("far.example")).isFalse();
    }

    @ParameterizedTest @CsvSource({"ann+shop,shop", "ANN+Shop,Shop", "ann+,''", "ann+a+b,a+b"})
    default void theSubaddressIsTheUsersDetail(String localPart, String detail) {
        assertThat(withAnn().resolve(new Mailbox(localPart, "example.org")))
            .isEqualTo(new Resolution.User(ANN, detail));
    }

    @Test default void withoutDelimiterThereAreNoSubaddresses() {
        var cheap = TestPasswords.CHEAP;
        var directory = directory(new UsersConfig("", Optional.empty(), 100, cheap.passwords()));
        directory.addDomain("example.org");
        directory.addUser(ANN, Optional.empty());
        assertThat(directory.resolve(new Mailbox("ann+shop", "example.org"))).isEqualTo(new Resolution.Unknown());
    }

    @Test default void aUserWithTheDelimiterInTheNameComesBeforeTheSubaddress() {
        var directory = withAnn();
        var shop = new Mailbox("ann+shop", "example.org");
        directory.addUser(shop, Optional.empty());
        assertThat(directory.resolve(shop)).isEqualTo(user(shop));
    }

    @Test default void anAliasComesBeforeTheUserAndHasAllItsTargets() {
        var directory = withAnn();
        directory.addAlias(new Mailbox("Info", "example.org"), ANN);
        directory.addAlias(new Mailbox("info", "example.org"), FAR);
        directory.addAlias(ANN, FAR);
        assertThat(directory.resolve(new Mailbox("INFO", "example.org"))).isEqualTo(alias(ANN, FAR));
        assertThat(directory.resolve(new Mailbox("info+x", "example.org"))).isEqualTo(alias(ANN, FAR));
        assertThat(directory.resolve(ANN)).isEqualTo(alias(FAR));
    }

    @Test default void theCatchAllTakesWhatNobodyElseTakes() {
        var directory = withAnn();
        directory.addAlias(new Mailbox("*", "example.org"), FAR);
        assertThat(directory.resolve(BOB)).isEqualTo(alias(FAR));
        assertThat(directory.resolve(ANN)).isEqualTo(user(ANN));
        assertThat(directory.resolve(new Mailbox("ann+x", "example.org"))).isEqualTo(new Resolution.User(ANN, "x"));
    }

    @Test default void postmasterIsTheOldestUserWhenNobodySaysOtherwise() {
        var directory = empty();
        var postmaster = new Mailbox("Postmaster", "example.org");
        directory.addDomain("example.org");
        directory.addDomain("example.net");
        assertThat(directory.resolve(postmaster)).isEqualTo(new Resolution.Unknown());
        directory.addUser(BOB, Optional.empty());
        directory.addUser(ANN, Optional.empty());
        assertThat(directory.resolve(postmaster)).isEqualTo(user(BOB));
        assertThat(directory.resolve(new Mailbox("postmaster", "example.net"))).isEqualTo(user(BOB));
        directory.addAlias(new Mailbox("*", "example.org"), FAR);
        assertThat(directory.resolve(postmaster)).isEqualTo(alias(FAR));
        directory.addUser(postmaster, Optional.empty());
        assertThat(directory.resolve(postmaster)).isEqualTo(user(new Mailbox("postmaster", "example.org")));
        directory.addAlias(postmaster, ANN);
        assertThat(directory.resolve(postmaster)).isEqualTo(alias(ANN));
    }

    @Test default void theConfiguredPostmasterComesBeforeTheOldestUser() {
        var directory = directory(new UsersConfig("+", Optional.of(FAR), 100, TestPasswords.CHEAP.passwords()));
        directory.addDomain("example.org");
        directory.addUser(ANN, Optional.empty());
        assertThat(directory.resolve(new Mailbox("postmaster", "example.org")))
            .isEqualTo(alias(new Mailbox("carol", "far.example")));
    }

    @Test default void aConfiguredPostmasterThatIsNobodyDoesNotGoInACircle() {
        var itself = new Mailbox("postmaster", "example.org");
        var directory = directory(new UsersConfig("+", Optional.of(itself), 100, TestPasswords.CHEAP.passwords()));
        directory.addDomain("example.org");
        directory.addUser(ANN, Optional.empty());
        assertThat(directory.resolve(itself)).isEqualTo(user(ANN));
    }

    @Test default void everyChangeIsSeenAtOnce() {
        var directory = withAnn();
        assertThat(directory.resolve(BOB)).isEqualTo(new Resolution.Unknown());
        directory.addUser(BOB, Optional.empty());
        assertThat(directory.resolve(BOB)).isEqualTo(user(BOB));
        directory.addAlias(BOB, FAR);
        assertThat(directory.resolve(BOB)).isEqualTo(alias(FAR));
        directory.removeAlias(BOB, new Mailbox("carol", "far.example"));
        assertThat(directory.resolve(BOB)).isEqualTo(user(BOB));
        directory.removeUser(BOB);
        assertThat(directory.resolve(BOB)).isEqualTo(new Resolution.Unknown());
        directory.removeUser(ANN);
        directory.removeDomain("Example.org.");
        assertThat(directory.resolve(BOB)).isEqualTo(new Resolution.Foreign());
        assertThat(directory.isHosted("example.org")).isFalse();
    }

    @Test default void listsAreSorted() {
        var directory = withAnn();
        directory.addDomain("b\u00fccher.example");
        directory.addDomain("a.example");
        directory.addUser(new Mailbox("zoe", "a.example"), Optional.empty());
        directory.addUser(BOB, Optional.empty());
        directory.addAlias(new Mailbox("x", "a.example"), FAR);
        directory.addAlias(new Mailbox("x", "a.example"), ANN);
        assertThat(directory.domains()).containsExactly("a.example", "example.org", "xn--bcher-kva.example");
        assertThat(directory.users()).containsExactly(new Mailbox("zoe", "a.example"), ANN, BOB);
        assertThat(directory.aliases()).containsExactly(
            new Directory.AliasEntry(new Mailbox("x", "a.example"), FAR),
            new Directory.AliasEntry(new Mailbox("x", "a.example"), ANN));
    }

    @Test default void whatCannotBeIsRefused() {
        var directory = withAnn();
        directory.addAlias(BOB, ANN);
        assertThat(refusal(() -> directory.addDomain("Example.ORG"))).isEqualTo(Kind.CONFLICT);
        assertThat(refusal(() -> directory.addDomain("no domain"))).isEqualTo(Kind.INVALID);
        assertThat(refusal(() -> directory.removeDomain("example.org"))).isEqualTo(Kind.CONFLICT);
        assertThat(refusal(() -> directory.removeDomain("far.example"))).isEqualTo(Kind.MISSING);
        assertThat(refusal(() -> directory.addUser(new Mailbox("Ann", "example.org"), Optional.empty())))
            .isEqualTo(Kind.CONFLICT);
        assertThat(refusal(() -> directory.addUser(FAR, Optional.empty()))).isEqualTo(Kind.MISSING);
        assertThat(refusal(() -> directory.addUser(new Mailbox("*", "example.org"), Optional.empty())))
            .isEqualTo(Kind.INVALID);
        assertThat(refusal(() -> directory.removeUser(BOB))).isEqualTo(Kind.MISSING);
        assertThat(refusal(() -> directory.changePassword(BOB, "secret"))).isEqualTo(Kind.MISSING);
        assertThat(refusal(() -> directory.addAlias(FAR, ANN))).isEqualTo(Kind.MISSING);
        assertThat(refusal(() -> directory.addAlias(BOB, ANN))).isEqualTo(Kind.CONFLICT);
        assertThat(refusal(() -> directory.removeAlias(BOB, FAR))).isEqualTo(Kind.MISSING);
    }

    @Test default void theShortestCirclesAreRefused() {
        var directory = withAnn();
        var info = new Mailbox("info", "example.org");
        directory.addAlias(info, BOB);
        assertThat(refusal(() -> directory.addAlias(BOB, new Mailbox("Info", "example.org")))).isEqualTo(Kind.CONFLICT);
        assertThat(refusal(() -> directory.addAlias(BOB, BOB))).isEqualTo(Kind.CONFLICT);
    }

    @Test default void aUserMayForwardAndKeepACopy() {
        var directory = withAnn();
        directory.addAlias(ANN, ANN);
        directory.addAlias(ANN, FAR);
        assertThat(directory.resolve(ANN)).isEqualTo(alias(ANN, FAR));
        assertThat(directory.mailbox(new Mailbox("Ann+x", "example.org"))).contains(new Resolution.User(ANN, "x"));
        assertThat(directory.mailbox(new Mailbox("postmaster", "example.org"))).contains(new Resolution.User(ANN, ""));
        directory.addAlias(new Mailbox("*", "example.org"), ANN);
        assertThat(directory.mailbox(BOB)).isEmpty();
        assertThat(directory.mailbox(FAR)).isEmpty();
        directory.addUser(BOB, Optional.empty());
        assertThat(directory.mailbox(BOB)).contains(new Resolution.User(BOB, ""));
    }

    @Test default void manyUsersAreAddedAtOnceOrNotAtAll() {
        var directory = withAnn();
        var many = IntStream.range(0, 1000)
            .mapToObj(i -> new NewUser(new Mailbox("u" + i, "example.org"), Optional.empty())).toList();
        directory.addUsers(many);
        assertThat(directory.users()).hasSize(1001);
        var bad = List.of(new NewUser(BOB, Optional.empty()), new NewUser(BOB, Optional.empty()));
        assertThatExceptionOfType(DirectoryException.class).isThrownBy(() -> directory.addUsers(bad));
        assertThat(directory.resolve(BOB)).isEqualTo(new Resolution.Unknown());
    }

    @Test default void aUserHasTheStandardQuotaOrOneOfItsOwn() {
        var standard = new Quota(1 << 20, 100);
        var config = TestPasswords.CHEAP;
        var directory = directory(new UsersConfig(config.subaddressDelimiter(), config.postmaster(),
            config.cacheEntries(), config.passwords(), new UsersConfig.Quotas(standard,
            UsersConfig.OverQuota.DEFER)));
        directory.addDomain("example.org");
        directory.addUser(ANN, Optional.empty());
        directory.addUser(BOB, Optional.empty());
        assertThat(directory.quota(ANN)).isEqualTo(standard);
        assertThat(directory.quota(FAR)).as("no user here").isEqualTo(Quota.NONE);
        var own = new Quota(5, Quota.UNLIMITED);
        directory.setQuota(new Mailbox("ANN", "example.org"), Optional.of(own));
        assertThat(directory.quota(ANN)).isEqualTo(own);
        assertThat(directory.quota(BOB)).isEqualTo(standard);
        assertThat(directory.quotas()).containsExactly(java.util.Map.entry(ANN, own));
        directory.setQuota(ANN, Optional.of(Quota.NONE));
        assertThat(directory.quota(ANN)).isEqualTo(Quota.NONE);
        directory.setQuota(ANN, Optional.empty());
        assertThat(directory.quota(ANN)).isEqualTo(standard);
        assertThat(directory.quotas()).isEmpty();
        assertThat(refusal(() -> directory.setQuota(FAR, Optional.of(own)))).isEqualTo(Kind.MISSING);
        directory.setQuota(ANN, Optional.of(own));
        directory.removeUser(ANN);
        assertThat(directory.quotas()).isEmpty();
    }
}
