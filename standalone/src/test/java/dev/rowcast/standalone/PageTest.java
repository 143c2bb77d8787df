package dev.rowcast.standalone;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rowcast.standalone.RunningStack.Running;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The example's page in a real browser.
@ExtendWith(RunningStack.class)
class PageTest {

    private final Running running;
    private Browser browser;

    PageTest(Running running) {
        this.running = running;
    }

    @BeforeEach
    void openThePage() throws Exception {
        assertThat(Browser.program())
                .as("the browser test needs Chromium; infra/browser installs it, CHROMIUM says where it is")
                .isPresent();
        browser = Browser.start();
        browser.open(running.at().gateway() + "/");
        browser.await("the page is live", "document.querySelector('#status[data-state=\"connected\"]')");
        browser.await("the list is there", "document.querySelector('#sources li .title')");
        browser.evaluate("window.notReloaded = true");
    }

    @AfterEach
    void closeTheBrowser() throws Exception {
        browser.close();
    }

    @Test
    @DisplayName("SY-07, SY-14: a changed row shows, with a toast, without a reload")
    void aChangedRowShowsWithAToast() {
        String title = "Hello " + UUID.randomUUID();
        String shown = "document.querySelector('#sources').innerText.includes('%s')".formatted(title);
        String listed = browser.evaluate("document.querySelector('#sources li').dataset.id")
                .asString();

        running.sql("update sources set title='%s' where id=%s".formatted(title, listed));

        // Toasts go by themselves, so they are looked for first.
        browser.await("a toast", "document.querySelector('#toasts .toast')");
        browser.await("the new title", shown);
        assertThat(browser.evaluate("window.notReloaded").asBoolean()).isTrue();
    }

    @Test
    @DisplayName("SY-19: the page says where the list came from")
    void thePageSaysWhereTheListCameFrom() {
        browser.await(
                "where the list came from",
                "/^(HIT-L1|HIT-L2|MISS|BYPASS)$/.test(document.querySelector('#cache').textContent)");
    }

    @Test
    @DisplayName("SY-09, SY-13: an added source appears with its toast, a removed one goes with a warning")
    void anAddedSourceAppearsAndGoesAgain() {
        String title = "Added " + UUID.randomUUID();
        String shown = "document.querySelector('#sources').innerText.includes('%s')".formatted(title);

        running.sql(
                "insert into sources (site_id, vault_id, title, url) values ('demo', 1, '%s', 'https://example.org/')"
                        .formatted(title));
        browser.await("its toast", "document.querySelector('#toasts').innerText.includes('New source added')");
        browser.await("the new source", shown);
        running.sql("delete from sources where title='%s'".formatted(title));

        browser.await("a warning", "document.querySelector('#toasts').innerText.includes('removed')");
        browser.await("it is gone", "!" + shown);
    }
}
