package dev.rowcast.gateway.policy;

import dev.rowcast.schemas.yaml.BadValueException;
import dev.rowcast.schemas.yaml.Excerpt;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// The policies of a gateway, each name once.
///
/// @param all in the order of the file, those of its profiles first
public record Policies(List<Policy> all) {

    public static final Policies NONE = new Policies(List.of());

    /// The profiles that come along, by their names.
    public static final List<String> PROFILES = List.of("api", "rooms", "runs");

    /// Longer files are refused.
    static final int MOST_BYTES = 64 << 10;

    /// More are refused: each is a key of the one question that a request asks.
    static final int MOST = 64;

    public Policies {
        all = List.copyOf(all);
    }

    /// Reads a file.
    ///
    /// @throws PoliciesException with everything that is wrong with it
    public static Policies load(Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw PoliciesException.ofFile(
                        file.toString(),
                        "the file is larger than %d bytes".formatted(MOST_BYTES),
                        "keep everything but policies out of it");
            }
            return parse(file.toString(), Files.readString(file));
        } catch (CharacterCodingException e) {
            throw PoliciesException.ofFile(file.toString(), "the file is not UTF-8 text", "save it as UTF-8");
        } catch (IOException e) {
            throw PoliciesException.ofFile(
                    file.toString(), "the file cannot be read: " + e, "correct ROWCAST_LIMITS, or the file's rights");
        }
    }

    /// Reads a text.
    ///
    /// @param file as it is to be named in problems
    /// @throws PoliciesException with everything that is wrong with it
    public static Policies parse(String file, String yaml) {
        return new PolicyParser(file).parse(yaml);
    }

    /// One that comes along.
    ///
    /// @throws BadValueException when there is none of this name
    public static Policies profile(String name) {
        if (!PROFILES.contains(name)) {
            throw new BadValueException(
                    PolicyCode.BAD_VALUE,
                    "there is no profile " + Excerpt.quoted(name),
                    "use one of " + String.join(", ", PROFILES));
        }
        String file = "profile-" + name + ".yaml";
        try (InputStream in = Policies.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("there is no resource " + file);
            }
            return parse(file, new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /// These, and those of another that has the say where both have one of a name.
    public Policies and(Policies other) {
        Map<String, Policy> merged = new LinkedHashMap<>();
        all.forEach(policy -> merged.put(policy.name(), policy));
        other.all.forEach(policy -> merged.put(policy.name(), policy));
        return new Policies(new ArrayList<>(merged.values()));
    }

    public Optional<Policy> find(String name) {
        return all.stream().filter(policy -> policy.name().equals(name)).findFirst();
    }
}
