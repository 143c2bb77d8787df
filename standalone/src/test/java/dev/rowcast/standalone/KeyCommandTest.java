package dev.rowcast.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.standalone.CommandLineTest.Result;
import dev.rowcast.standalone.RunningStack.Running;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Keys from being made to being revoked, against a stack that runs.
@ExtendWith(RunningStack.class)
class KeyCommandTest {

    private static final Pattern MADE =
            Pattern.compile("Key (\\S+), shown only now:\\R([ps]k_\\1_[A-Za-z0-9_-]{43})\\R");

    private final Running running;

    KeyCommandTest(Running running) {
        this.running = running;
    }

    private Result key(String... arguments) {
        String[] all = new String[arguments.length + 2];
        all[0] = "key";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[all.length - 1] = "--data=" + running.data();
        return CommandLineTest.run(all);
    }

    private static Matcher made(Result result) {
        Matcher made = MADE.matcher(result.out());
        assertThat(made.find()).as(result.toString()).isTrue();
        return made;
    }

    private int status(String key) {
        try (EventStream stream = EventStream.open(running.at().gateway(), "channel=vault:1", key)) {
            return stream.status();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    @DisplayName("T7: a key is printed once and works, so does its successor beside it, and revoked it lets nobody in")
    void aKeyFromItsMakingToItsEnd() {
        Matcher first = made(key("create", "web", "--tenant=demo"));
        assertThat(first.group(1)).startsWith("web-");
        Awaitility.await().until(() -> status(first.group(2)) == 200);

        Matcher second = made(key("rotate", first.group(1)));
        assertThat(second.group(1)).startsWith("web-").isNotEqualTo(first.group(1));
        Awaitility.await().until(() -> status(second.group(2)) == 200);
        assertThat(status(first.group(2))).isEqualTo(200);

        String listed = key("list", "--tenant=demo").out();
        assertThat(listed)
                .containsPattern(first.group(1) + "\\s+demo\\s+publishable\\s+subscribe\\s+\\S+ \\S+\\s+20\\S+Z")
                .doesNotContain(first.group(2), "other-publishable");

        assertThat(key("revoke", first.group(1)).out()).contains("is revoked");
        Awaitility.await().until(() -> status(first.group(2)) == 401);
        assertThat(status(second.group(2))).isEqualTo(200);
        assertThat(key("revoke", first.group(1)).code()).isEqualTo(1);
        assertThat(key("rotate", first.group(1)).err()).contains("no valid key");
    }

    @Test
    void whatIsNoKeyIsSaidBeforeAnythingIsWritten() {
        assertThat(key("create", "Web!", "--tenant=demo").err()).contains("is 'Web!'");
        assertThat(key("create", "web", "--tenant=demo", "--scope=publish").err())
                .contains("--secret");
        assertThat(key("create", "web", "--tenant=demo", "--scope=admin").err()).contains("[admin]");
        assertThat(key("create", "web").err()).contains("--tenant");
        assertThat(key().code()).isEqualTo(2);
    }
}
