package io.headrace.ctl;

/// A command that did not do what it was asked to. Without a stack trace: it is news for whoever typed it.
final class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    private final int exit;
    private final boolean usage;

    private Failure(int exit, String text, boolean usage) {
        super(text, null, false, false);
        this.exit = exit;
        this.usage = usage;
    }

    /// With `Error:` in front.
    static Failure error(int exit, String text) {
        return new Failure(exit, "Error:\n" + text, false);
    }

    static Failure unavailable(String text) {
        return error(Exit.UNAVAILABLE, text);
    }

    static Failure noUser(String name) {
        return error(Exit.NO_USER, "User \"" + name + "\" does not exist");
    }

    static Failure noVhost(String name) {
        return plain(Exit.DATA, "Virtual host '" + name + "' does not exist");
    }

    /// As it stands.
    static Failure plain(int exit, String text) {
        return new Failure(exit, text, false);
    }

    /// Followed by what was given and how it is meant.
    static Failure usage(int exit, String text) {
        return new Failure(exit, "Error (argument validation): " + text, true);
    }

    /// Nothing more is to be done, and that is as it was wanted.
    static Failure enough() {
        return new Failure(Exit.DONE, "", false);
    }

    int exit() {
        return exit;
    }

    boolean explainsUsage() {
        return usage;
    }
}
