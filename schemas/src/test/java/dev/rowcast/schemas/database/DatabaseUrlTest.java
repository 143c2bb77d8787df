package dev.rowcast.schemas.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseUrlTest {

    @Test
    void theSeedsFormIsReadWhole() {
        DatabaseUrl url = DatabaseUrl.parse("postgresql://app:p%40ss+word@localhost:5434/app?sslmode=require");

        assertThat(url).isEqualTo(new DatabaseUrl("localhost", 5434, "app", "app", "p@ss+word", "sslmode=require"));
        assertThat(url.jdbcUrl()).isEqualTo("jdbc:postgresql://localhost:5434/app?sslmode=require");
    }

    @Test
    void thePortMayBeLeftOut() {
        assertThat(DatabaseUrl.parse("jdbc:postgres://app@db/app").port()).isEqualTo(5432);
    }

    @Test
    void thePasswordIsNeverShown() {
        assertThat(DatabaseUrl.parse("postgresql://app:secret@db/app")).hasToString("postgresql://app@db:5432/app");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "app:secret@db",
                "mysql://app:secret@db/app",
                "postgresql://db/app",
                "postgresql://app:secret@/app",
                "postgresql://app:secret@db/",
                "postgresql://app:secret@db:99999/app",
                "postgresql://app:sec ret@db/app"
            })
    void anotherFormIsRefusedWithTheRightOneAndWithoutThePassword(String text) {
        assertThatThrownBy(() -> DatabaseUrl.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("postgresql://user:password@host:5432/database")
                .hasMessageNotContaining("sec");
    }
}
