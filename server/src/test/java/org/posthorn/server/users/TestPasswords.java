package org.posthorn.server.users;

import java.time.Duration;
import java.util.Optional;

/** Settings under which passwords cost nothing. */
final class TestPasswords {

    static final UsersConfig CHEAP = with(new Argon2Cost(64, 1, 1), 4096);

    private TestPasswords() {
    }

    static UsersConfig with(Argon2Cost cost, int iterations) {
        return new UsersConfig("+", Optional.empty(), 100,
            new UsersConfig.Passwords(cost, iterations, 2, Duration.ofSeconds(5)));
    }
}
