package dev.rowcast.standalone;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;

/// Runs another main class, and ends when the process that started it ends, however that happens: of a test that is
/// killed nobody is left.
public final class WithParent {

    private WithParent() {}

    /// @param args the name of a main class, and what it is given
    public static void main(String[] args) throws ReflectiveOperationException {
        // Not by the end of its input, which a test that asks a process to end closes, too.
        var unused = ProcessHandle.current()
                .parent()
                .orElseThrow()
                .onExit()
                .thenRun(() -> Runtime.getRuntime().halt(1));
        Method main = Class.forName(args[0]).getDeclaredMethod("main", String[].class);
        main.setAccessible(true);
        try {
            main.invoke(null, (Object) Arrays.copyOfRange(args, 1, args.length));
        } catch (InvocationTargetException e) {
            throw new IllegalStateException(args[0], e.getCause());
        }
    }
}
