package org.posthorn.mailets.port;

import java.util.List;
import org.apache.james.core.MailAddress;

/**
 * Whose mail is kept here. Every method throws a {@link RuntimeException} when it cannot know now: never take that for
 * unknown.
 */
public interface Residents {

    /** Through how many aliases one after the other mail is led, where nothing else is configured. */
    int MOST_ALIASES = 20;

    /** Whether mail for the domain is kept here. */
    boolean isHosted(String domain);

    /** Who is behind the address, one step. */
    Standing standing(MailAddress address);

    /** Who is behind an address. */
    sealed interface Standing {

        /** A mailbox here. */
        record Resident() implements Standing {
        }

        /**
         * An alias, a forward or a catch-all.
         *
         * @param targets whom it stands for, one step on; at least one
         */
        record Alias(List<MailAddress> targets) implements Standing {
            /** Copies the list. */
            public Alias {
                targets = List.copyOf(targets);
            }
        }

        /** The domain is hosted here, but nobody in it has that name. */
        record Unknown() implements Standing {
        }

        /** The domain is not hosted here. */
        record Foreign() implements Standing {
        }
    }
}
