package io.headrace.management;

/// Who may use a route.
enum Rule {
    /// Everybody, without a login.
    OPEN {
        @Override
        void check(Call call) {}
    },
    /// Every user with a tag that management knows.
    MANAGEMENT {
        @Override
        void check(Call call) throws Problem {
            demand(call.caller().management(), "Not management user");
        }
    },
    /// Who may enter the vhost in the path, and administrators.
    VHOST {
        @Override
        void check(Call call) throws Problem {
            MANAGEMENT.check(call);
            exists(call);
            demand(call.caller().sees(call.vhost()), NO_VHOST);
        }
    },
    VHOST_OR_MONITORING {
        @Override
        void check(Call call) throws Problem {
            MANAGEMENT.check(call);
            exists(call);
            demand(call.caller().monitoring() || call.caller().enters(call.vhost()), NO_VHOST);
        }
    },
    /// The user of the connection in the path, and who monitors.
    OWNER {
        @Override
        void check(Call call) throws Problem {
            MANAGEMENT.check(call);
            demand(call.caller().monitoring() || call.caller().name().equals(call.owner()), NO_OBJECT);
        }
    },
    POLICYMAKER {
        @Override
        void check(Call call) throws Problem {
            MANAGEMENT.check(call);
            demand(call.caller().policymaker(), NO_OBJECT);
        }
    },
    /// Policymakers who may enter the vhost in the path, and administrators.
    POLICYMAKER_OF_VHOST {
        @Override
        void check(Call call) throws Problem {
            MANAGEMENT.check(call);
            exists(call);
            demand(call.caller().policymaker() && call.caller().sees(call.vhost()), NO_OBJECT);
        }
    },
    MONITORING {
        @Override
        void check(Call call) throws Problem {
            MANAGEMENT.check(call);
            demand(call.caller().monitoring(), "Not monitor user");
        }
    },
    ADMINISTRATOR {
        @Override
        void check(Call call) throws Problem {
            MANAGEMENT.check(call);
            demand(call.caller().administrator(), "Not administrator user");
        }
    };

    private static final String NO_VHOST = "User not authorised to access virtual host";
    private static final String NO_OBJECT = "User not authorised to access object";

    /// @throws Problem the caller may not
    abstract void check(Call call) throws Problem;

    private static void demand(boolean fulfilled, String otherwise) throws Problem {
        if (!fulfilled) {
            throw Problem.notAuthorised(otherwise);
        }
    }

    private static void exists(Call call) throws Problem {
        if (!call.caller().catalog().hasVhost(call.vhost())) {
            throw Problem.notFound();
        }
    }
}
