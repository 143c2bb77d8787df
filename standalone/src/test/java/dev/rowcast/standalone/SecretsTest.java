package dev.rowcast.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rowcast.standalone.stack.Secrets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretsTest {

    private static final String LONG_ENOUGH = "a sample secret of more than thirty-two bytes";

    @Test
    void aDataFolderKeepsItsSecretsAndOnlyItsOwnerReadsThem(@TempDir Path data) throws Exception {
        Secrets made = Secrets.of(data);

        assertThat(Secrets.of(data)).isEqualTo(made);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve("secrets.properties"))))
                .isEqualTo("rw-------");
    }

    @Test
    void aSecretIsNeverShown() {
        assertThat(new Secrets(LONG_ENOUGH, LONG_ENOUGH).toString()).doesNotContain("sample");
    }

    @Test
    void aShortSecretIsRefusedWithTheVariableAndTheLength() {
        assertThatThrownBy(() -> new Secrets(LONG_ENOUGH, "short"))
                .hasMessageContaining("ROWCAST_JWT_SECRET has 5 bytes; give it 32")
                .hasMessageContaining("[SECRET_TOO_SHORT]");
    }
}
