package dev.rowcast.gateway.policy;

import dev.rowcast.schemas.yaml.BadValueException;
import dev.rowcast.schemas.yaml.Excerpt;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/// One of the things by which a policy tells askers apart. All of a policy's together are one count.
public sealed interface CountedBy {

    /// As the file has it.
    String label();

    /// Whether the credential has to be known first.
    boolean needsIdentity();

    /// What every request has, or the gateway knows of it.
    enum Known implements CountedBy {
        /// One address, or the /64 that one holder of IPv6 addresses has.
        ADDRESS,
        /// The route of the request, as `paths` has it.
        ENDPOINT,
        TENANT,
        /// A user of a tenant; a key or a token without a subject at one address.
        PRINCIPAL,
        /// Each channel of a tenant that the request's address names.
        CHANNEL;

        @Override
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }

        @Override
        public boolean needsIdentity() {
            return switch (this) {
                case ADDRESS, ENDPOINT -> false;
                case TENANT, PRINCIPAL, CHANNEL -> true;
            };
        }
    }

    /// What a client names when it asks, such as `room`; each tenant's are its own.
    record Parameter(String label) implements CountedBy {

        private static final Pattern NAME = Pattern.compile("[a-z][A-Za-z0-9_]{0,31}");

        public Parameter {
            if (!NAME.matcher(label).matches()) {
                throw new BadValueException(
                        PolicyCode.BAD_VALUE,
                        Excerpt.quoted(label) + " is nothing to count by",
                        "write address, endpoint, tenant, principal, channel, or a parameter of letters, digits and _");
            }
        }

        @Override
        public boolean needsIdentity() {
            return true;
        }
    }

    /// @throws BadValueException when it is neither known nor the name of a parameter
    static CountedBy parse(String text) {
        Optional<CountedBy> known = Arrays.stream(Known.values())
                .filter(each -> each.label().equals(text))
                .<CountedBy>map(each -> each)
                .findFirst();
        return known.orElseGet(() -> new Parameter(text));
    }
}
