package org.posthorn.server.users;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

import java.util.List;
import java.util.Optional;
import java.util.Random;
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

    private static String refused(Runnable change) {
        try {
            change.run();
        } catch (DirectoryException e) {
            return e.getMessage();
        }
        throw new AssertionError("was not refused");
    }

    private static Mailbox at(String localPart) {
        return new Mailbox(localPart, "example.org");
    }

    @Test default void circlesAreRefusedWithTheirChain() {
        var directory = withAnn();
        directory.addAlias(at("info"), BOB);
        assertThat(refused(() -> directory.addAlias(BOB, at("Info"))))
            .endsWith("bob@example.org -> Info@example.org -> bob@example.org");
        directory.addAlias(BOB, at("carl"));
        directory.addAlias(at("carl"), FAR);
        assertThat(refused(() -> directory.addAlias(at("carl"), at("info+x"))))
            .contains("carl@example.org -> info+x@example.org -> bob@example.org -> carl@example.org");
        assertThat(refusal(() -> directory.addAlias(BOB, BOB))).isEqualTo(Kind.CONFLICT);
        assertThat(directory.aliases()).as("what was refused is not kept").hasSize(3);
        directory.addDomainAlias("example.net", "example.org");
        assertThat(refused(() -> directory.addAlias(at("carl"), new Mailbox("INFO", "example.net"))))
            .contains("circle");
        directory.addAlias(at("sales"), at("info"));
        directory.addAlias(at("info"), at("carl"));   // met twice, but no circle
        directory.addAlias(at("*"), at("nobody"));
        assertThat(directory.resolve(at("nobody"))).as("leads to itself alone").isEqualTo(new Resolution.Unknown());
    }

    @Test default void everyAddressOfADomainAliasIsTheSameInTheDomain() {
        var directory = withAnn();
        directory.addAlias(at("info"), FAR);
        directory.addDomainAlias("Example.NET.", "example.org");
        assertThat(directory.domains()).containsExactly("example.org");
        assertThat(directory.domainAliases()).containsExactly(
            new Directory.DomainAlias("example.net", "example.org"));
        assertThat(directory.isHosted("EXAMPLE.net")).isTrue();
        for (var name : List.of("ann", "Ann+Shop", "info", "postmaster")) {
            assertThat(directory.resolve(new Mailbox(name, "example.net"))).isEqualTo(alias(at(name)));
        }
        assertThat(directory.resolve(new Mailbox("bob", "example.net"))).isEqualTo(new Resolution.Unknown());
        assertThat(directory.mailbox(new Mailbox("Ann+Shop", "example.net")))
            .contains(new Resolution.User(ANN, "Shop"));
        directory.addAlias(at("*"), FAR);
        assertThat(directory.resolve(new Mailbox("bob", "example.net"))).isEqualTo(alias(BOB));
        directory.removeDomainAlias("example.net");
        assertThat(directory.isHosted("example.net")).isFalse();
        assertThat(directory.resolve(new Mailbox("ann", "example.net"))).isEqualTo(new Resolution.Foreign());
    }

    @Test default void whatADomainAliasCannotBeIsRefused() {
        var directory = withAnn();
        directory.addDomain("example.com");
        directory.addDomainAlias("example.net", "example.org");
        assertThat(refused(() -> directory.addDomainAlias("a.example", "example.net")))
            .contains("posthorn domain alias a.example example.org");
        assertThat(refusal(() -> directory.addDomainAlias("a.example", "far.example"))).isEqualTo(Kind.MISSING);
        assertThat(refusal(() -> directory.addDomainAlias("example.com", "example.org"))).isEqualTo(Kind.CONFLICT);
        assertThat(refusal(() -> directory.addDomainAlias("example.org", "example.org"))).isEqualTo(Kind.CONFLICT);
        assertThat(refusal(() -> directory.addDomainAlias("example.net", "example.com"))).isEqualTo(Kind.CONFLICT);
        assertThat(refusal(() -> directory.removeDomainAlias("example.org"))).isEqualTo(Kind.MISSING);
        assertThat(refusal(() -> directory.addDomain("example.net"))).isEqualTo(Kind.CONFLICT);
        assertThat(refusal(() -> directory.removeDomain("example.net"))).isEqualTo(Kind.CONFLICT);
        var there = new Mailbox("bob", "example.net");
        assertThat(refused(() -> directory.addUser(there, Optional.empty()))).contains("use the same name in");
        assertThat(refusal(() -> directory.addAlias(there, FAR))).isEqualTo(Kind.CONFLICT);
        directory.removeUser(ANN);
        assertThat(refused(() -> directory.removeDomain("example.org"))).contains("example.net");
        directory.removeDomainAlias("example.net");
        directory.removeDomain("example.org");
    }

    /**
     * Who gets the mail: whose delimiter, the longest name that has it, and always first whoever has the whole name.
     */
    @ParameterizedTest @CsvSource({
        "ann-shop, ann, shop", "Ann-Shop, ann, Shop", "ann-a-b, ann, a-b", "ann-, ann, ''", "ann+shop, , ",
        "bob+shop, bob, shop", "bob-shop, , ", "mute+x, , ", "mute-x, , ", "mute, mute, ''",
        "ann-bob, ann-bob, ''", "ann-bob+x, ann-bob, x", "ann-bob-x, ann, bob-x", "-ann, , ", "ann_x, , "})
    default void aUserMayHaveADelimiterOfTheirOwn(String localPart, String user, String detail) {
        var directory = withAnn();
        directory.addUser(BOB, Optional.empty());
        directory.addUser(at("mute"), Optional.empty());
        directory.addUser(at("ann-bob"), Optional.empty());
        directory.setDelimiter(ANN, Optional.of("-"));
        directory.setDelimiter(at("Mute"), Optional.of(""));
        var expected = user == null ? new Resolution.Unknown() : new Resolution.User(at(user), detail);
        assertThat(directory.resolve(at(localPart))).isEqualTo(expected);
    }

    @Test default void aDelimiterHoldsAtOnceAndEndsWithItsUser() {
        var directory = withAnn();
        assertThat(directory.resolve(at("ann-x"))).isEqualTo(new Resolution.Unknown());
        directory.setDelimiter(ANN, Optional.of("-"));
        assertThat(directory.resolve(at("ann-x"))).isEqualTo(new Resolution.User(ANN, "x"));
        assertThat(directory.delimiters()).containsOnly(entry(ANN, "-"));
        directory.setDelimiter(ANN, Optional.of("="));
        directory.setDelimiter(ANN, Optional.empty());
        assertThat(directory.resolve(at("ann+x"))).isEqualTo(new Resolution.User(ANN, "x"));
        directory.setDelimiter(ANN, Optional.of("="));
        directory.removeUser(ANN);
        directory.addUser(ANN, Optional.empty());
        assertThat(directory.delimiters()).isEmpty();
        assertThat(refusal(() -> directory.setDelimiter(BOB, Optional.of("-")))).isEqualTo(Kind.MISSING);
        for (var wrong : List.of("a", "--", ".", "@", "none")) {
            assertThat(refusal(() -> directory.setDelimiter(ANN, Optional.of(wrong)))).isEqualTo(Kind.INVALID);
        }
    }

    @Test default void aForwardTakesThePlaceOfWhatWasThere() {
        var directory = withAnn();
        directory.addAlias(ANN, BOB);
        directory.setForward(ANN, List.of(FAR));
        assertThat(directory.resolve(ANN)).isEqualTo(alias(FAR));
        directory.setForward(new Mailbox("Ann", "example.org"), List.of(ANN, FAR));
        assertThat(directory.aliases()).hasSize(2);
        assertThat(directory.resolve(ANN)).isEqualTo(alias(ANN, FAR));
        assertThat(directory.resolve(at("Ann+Shop"))).as("the copy keeps the subaddress")
            .isEqualTo(alias(at("Ann+Shop"), FAR));
        assertThat(refusal(() -> directory.setForward(BOB, List.of(FAR)))).isEqualTo(Kind.MISSING);
        assertThat(refusal(() -> directory.setForward(ANN, List.of(ANN)))).isEqualTo(Kind.INVALID);
        directory.addAlias(at("info"), ANN);
        assertThat(refused(() -> directory.setForward(ANN, List.of(at("info")))))
            .contains("ann@example.org -> info@example.org -> ann@example.org");
        assertThat(directory.resolve(ANN)).as("as before").isEqualTo(alias(ANN, FAR));
        directory.setForward(ANN, List.of());
        assertThat(directory.resolve(ANN)).isEqualTo(user(ANN));
    }

    @Test default void theExplanationTellsEachStep() {
        var directory = withAnn();
        directory.addDomainAlias("example.net", "example.org");
        directory.addAlias(at("info"), ANN);
        directory.addAlias(at("info"), at("gone"));
        directory.setForward(ANN, List.of(ANN, FAR));
        var told = directory.explain(new Mailbox("info+x", "example.net"));
        assertThat(told.steps()).extracting(step -> step.depth() + " " + step.address() + " " + step.how())
            .containsExactly("0 info+x@example.net example.net is an alias of example.org",
                "1 info+x@example.org subaddress of info@example.org", "2 ann@example.org alias",
                "3 Carol@far.example elsewhere", "2 gone@example.org nobody of that name");
        assertThat(told.steps()).extracting(Explanation.Step::keepsCopy)
            .containsExactly(false, false, true, false, false);
        assertThat(told.circle()).isEmpty();
        assertThat(told.complete()).isTrue();
    }

    /**
     * Whatever is entered and in whatever order: no circle comes about, and the last entry finds what the first did.
     */
    @Test default void noCircleCanBeEntered() {
        var random = new Random(4);
        var directory = withAnn();
        var names = IntStream.range(0, 8).mapToObj(i -> at("n" + i)).toList();
        directory.addUser(names.getFirst(), Optional.empty());
        for (var i = 0; i < 60; i++) {
            try {
                directory.addAlias(names.get(random.nextInt(8)), names.get(random.nextInt(8)));
            } catch (DirectoryException e) {
                assertThat(e.kind()).isEqualTo(Kind.CONFLICT);
            }
        }
        assertThat(directory.aliases()).hasSizeGreaterThan(10);
        assertThat(names).allSatisfy(name -> assertThat(directory.explain(name).circle()).isEmpty());
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
