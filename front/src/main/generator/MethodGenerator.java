import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/// Writes the AMQP codecs from `methods.txt`: a sealed interface of records for each class, and a layout
/// for each method marked hot.
///
/// Run as `java MethodGenerator.java methods.txt TARGET-DIRECTORY`.
public final class MethodGenerator {
    private static final String PACKAGE = "io.headrace.amqp";

    private record Field(String type, String name, boolean reserved) {}

    private record Method(int id, String name, String sender, boolean hot, List<Field> fields) {
        boolean fromClient() {
            return !sender.equals("server");
        }

        boolean fromServer() {
            return !sender.equals("client");
        }
    }

    private record AmqpClass(int id, String name, List<Method> methods) {}

    private MethodGenerator() {}

    public static void main(String[] arguments) throws IOException {
        var target = Path.of(arguments[1]).resolve(PACKAGE.replace('.', '/'));
        Files.createDirectories(target);
        for (AmqpClass amqpClass : parse(Files.readAllLines(Path.of(arguments[0])))) {
            write(target, camel(amqpClass.name()) + "Method", records(amqpClass));
            for (Method method : amqpClass.methods()) {
                if (method.hot()) {
                    write(target, layoutName(amqpClass, method), layout(amqpClass, method));
                }
            }
        }
    }

    private static void write(Path target, String name, String text) throws IOException {
        var file = target.resolve(name + ".java");
        if (!Files.exists(file) || !Files.readString(file).equals(text)) {
            Files.writeString(file, text);
        }
    }

    private static List<AmqpClass> parse(List<String> lines) {
        var classes = new ArrayList<AmqpClass>();
        for (String line : lines) {
            var words = line.strip().split(" +");
            if (line.isBlank() || line.startsWith("#")) {
                continue;
            }
            switch (words[0]) {
                case "class" -> classes.add(new AmqpClass(Integer.parseInt(words[1]), words[2], new ArrayList<>()));
                case "method" ->
                    classes.getLast()
                            .methods()
                            .add(new Method(
                                    Integer.parseInt(words[1]), words[2], words[3], words.length > 4, new ArrayList<>()));
                case "reserved" -> fields(classes).add(new Field(words[1], "reserved", true));
                case "names" -> fields(classes).add(new Field("names", "names", false));
                default -> fields(classes).add(new Field(words[0], lower(words[1]), false));
            }
        }
        return classes;
    }

    private static List<Field> fields(List<AmqpClass> classes) {
        return classes.getLast().methods().getLast().fields();
    }

    // ------------------------------------------------------------------------------------------------- records

    private static String records(AmqpClass amqpClass) {
        var name = camel(amqpClass.name()) + "Method";
        var text = new StringBuilder("""
                package %s;

                import io.headrace.message.FieldTable;
                import java.util.Objects;

                /// Class %d `%s`. Generated from methods.txt.
                sealed interface %s extends Method {
                    int CLASS_ID = %d;

                    /// What a client sends.
                    sealed interface Request extends %s {}

                    /// What a server sends.
                    sealed interface Reply extends %s {}

                    @Override
                    default int classId() {
                        return CLASS_ID;
                    }

                """.formatted(PACKAGE, amqpClass.id(), amqpClass.name(), name, amqpClass.id(), name, name));
        text.append(dispatch(amqpClass, "Request", "request", true));
        text.append(dispatch(amqpClass, "Reply", "reply", false));
        for (Method method : amqpClass.methods()) {
            text.append(record(method));
        }
        return text.append("}\n").toString().replace("import java.util.Objects;\n", objectsImport(text));
    }

    private static String objectsImport(StringBuilder text) {
        return text.indexOf("Objects.require") >= 0 ? "import java.util.Objects;\n" : "";
    }

    private static String dispatch(AmqpClass amqpClass, String type, String name, boolean client) {
        var cases = amqpClass.methods().stream()
                .filter(method -> client ? method.fromClient() : method.fromServer())
                .map(method -> "            case %d -> %s.read(in);\n".formatted(method.id(), camel(method.name())))
                .collect(Collectors.joining());
        return """
                    static %s %s(int methodId, MethodReader in) throws AmqpException {
                        return switch (methodId) {
                %s            default -> throw in.unimplemented();
                        };
                    }

                """.formatted(type, name, cases);
    }

    private static String record(Method method) {
        var parts = new ArrayList<String>();
        var reads = new StringBuilder();
        var writes = new StringBuilder();
        var names = new ArrayList<String>();
        var checks = new StringBuilder();
        for (Field field : method.fields()) {
            for (Field plain : plain(field)) {
                if (plain.reserved()) {
                    reads.append("            in.%s();\n".formatted(reader(plain.type())));
                    writes.append("            out.%s(%s);\n".formatted(reader(plain.type()), zero(plain.type())));
                } else {
                    parts.add(javaType(plain.type()) + " " + plain.name());
                    names.add(plain.name());
                    reads.append("            var %s = in.%s();\n".formatted(plain.name(), reader(plain.type())));
                    writes.append("            out.%s(%s);\n".formatted(reader(plain.type()), plain.name()));
                    if (!List.of("int", "long", "boolean").contains(javaType(plain.type()))) {
                        checks.append("            Objects.requireNonNull(%s);\n".formatted(plain.name()));
                    }
                }
            }
        }
        var type = camel(method.name());
        var roles = new ArrayList<String>();
        if (method.fromClient()) {
            roles.add("Request");
        }
        if (method.fromServer()) {
            roles.add("Reply");
        }
        var constructor = checks.isEmpty() ? "" : "        public %s {\n%s        }\n\n".formatted(type, checks);
        return """
                    record %1$s(%2$s) implements %3$s {
                %4$s        static %1$s read(MethodReader in) throws AmqpException {
                %5$s            in.end();
                            return new %1$s(%6$s);
                        }

                        @Override
                        public int methodId() {
                            return %7$d;
                        }

                        @Override
                        public void write(MethodWriter out) {
                %8$s        }
                    }

                """.formatted(
                        type,
                        String.join(", ", parts),
                        String.join(", ", roles),
                        constructor,
                        reads,
                        String.join(", ", names),
                        method.id(),
                        writes);
    }

    private static List<Field> plain(Field field) {
        return field.type().equals("names")
                ? List.of(new Field("shortstr", "exchange", false), new Field("shortstr", "routingKey", false))
                : List.of(field);
    }

    // ------------------------------------------------------------------------------------------------- layouts

    private static String layoutName(AmqpClass amqpClass, Method method) {
        return camel(amqpClass.name()) + camel(method.name()) + "Layout";
    }

    private static String layout(AmqpClass amqpClass, Method method) {
        var name = layoutName(amqpClass, method);
        return """
                package %s;

                import java.nio.ByteBuffer;

                /// Where the fields of `%s.%s` lie, for the paths that make no objects. Generated from
                /// methods.txt.
                ///
                /// Threads: the loop of the connection that owns it.
                final class %s {
                    /// Class and method, as the first four bytes of the method frame's payload.
                    static final int ID = %d << 16 | %d;

                %s%s}
                """.formatted(
                        PACKAGE,
                        amqpClass.name(),
                        method.name(),
                        name,
                        amqpClass.id(),
                        method.id(),
                        method.fromClient() ? wrap(method) : "    private " + name + "() {}\n\n",
                        method.fromServer() ? put(method) : "");
    }

    private static String wrap(Method method) {
        var fields = new StringBuilder();
        var body = new StringBuilder();
        int bit = 0;
        for (Field field : method.fields()) {
            for (Field plain : plain(field)) {
                boolean isBit = plain.type().equals("bit");
                if (isBit && bit == 0) {
                    body.append("        if (next + 1 > end) {\n            return false;\n        }\n");
                    body.append("        int bits = bytes.get(next++);\n");
                }
                if (isBit) {
                    fields.append("    boolean %s;\n".formatted(plain.name()));
                    body.append("        %s = (bits & %d) != 0;\n".formatted(plain.name(), 1 << bit++));
                } else if (plain.type().equals("shortstr")) {
                    fields.append("    int %1$sAt;\n    int %1$sBytes;\n".formatted(plain.name()));
                    body.append("""
                                    if (next + 1 > end) {
                                        return false;
                                    }
                                    %1$sAt = next + 1;
                                    %1$sBytes = bytes.get(next) & 0xff;
                                    next = %1$sAt + %1$sBytes;
                            """.formatted(plain.name()));
                } else if (plain.reserved()) {
                    body.append("        next += %d;\n".formatted(width(plain.type())));
                } else {
                    fields.append("    %s %s;\n".formatted(javaType(plain.type()), plain.name()));
                    body.append("        if (next + %d > end) {\n            return false;\n        }\n"
                            .formatted(width(plain.type())));
                    body.append("        %s = %s;\n".formatted(plain.name(), get(plain.type())));
                    body.append("        next += %d;\n".formatted(width(plain.type())));
                }
            }
        }
        return """
                %s
                    /// Positions this on the method whose payload is `[at, end)`.
                    ///
                    /// @return false if the method is longer or shorter than its payload
                    boolean wrap(ByteBuffer bytes, int at, int end) {
                        int next = at + Integer.BYTES;
                %s        return next == end;
                    }

                """.formatted(fields, body);
    }

    private static String put(Method method) {
        var parameters = new ArrayList<String>(List.of("ByteBuffer out", "int at"));
        var sizeParameters = new ArrayList<String>();
        var body = new StringBuilder();
        var size = new StringBuilder("Integer.BYTES");
        int bit = 0;
        int fixed = 0;
        var bits = new ArrayList<String>();
        var fields = method.fields();
        for (int i = 0; i < fields.size(); i++) {
            Field field = fields.get(i);
            switch (field.type()) {
                case "bit" -> {
                    parameters.add("boolean " + field.name());
                    bits.add("(%s ? %d : 0)".formatted(field.name(), 1 << bit++));
                    if (i + 1 == fields.size() || !fields.get(i + 1).type().equals("bit")) {
                        body.append("        out.put(next, (byte) (%s));\n        next += 1;\n"
                                .formatted(String.join(" | ", bits)));
                        fixed += 1;
                    }
                }
                case "names" -> {
                    parameters.addAll(List.of("ByteBuffer names", "int namesAt", "int namesBytes"));
                    sizeParameters.add("int namesBytes");
                    size.append(" + namesBytes");
                    body.append("        out.put(next, names, namesAt, namesBytes);\n        next += namesBytes;\n");
                }
                case "shortstr" -> {
                    parameters.add("byte[] " + field.name());
                    sizeParameters.add("int %sBytes".formatted(field.name()));
                    size.append(" + 1 + %sBytes".formatted(field.name()));
                    body.append("""
                                    out.put(next, (byte) %1$s.length);
                                    out.put(next + 1, %1$s);
                                    next += 1 + %1$s.length;
                            """.formatted(field.name()));
                }
                default -> {
                    parameters.add(javaType(field.type()) + " " + field.name());
                    body.append("        %s;\n        next += %d;\n".formatted(putPrimitive(field), width(field.type())));
                    fixed += width(field.type());
                }
            }
        }
        return """
                    /// Bytes that [#put] writes.
                    static int sizeBytes(%s) {
                        return %s + %d;
                    }

                    /// Writes the method's payload at `at`.
                    ///
                    /// @return where it ends
                    static int put(%s) {
                        out.putInt(at, ID);
                        int next = at + Integer.BYTES;
                %s        return next;
                    }
                """.formatted(String.join(", ", sizeParameters), size, fixed, String.join(", ", parameters), body);
    }

    private static String putPrimitive(Field field) {
        return switch (field.type()) {
            case "octet" -> "out.put(next, (byte) " + field.name() + ")";
            case "short" -> "out.putShort(next, (short) " + field.name() + ")";
            case "long" -> "out.putInt(next, (int) " + field.name() + ")";
            case "longlong" -> "out.putLong(next, " + field.name() + ")";
            default -> throw new IllegalArgumentException("no layout for " + field);
        };
    }

    private static String get(String type) {
        return switch (type) {
            case "octet" -> "bytes.get(next) & 0xff";
            case "short" -> "bytes.getShort(next) & 0xffff";
            case "long" -> "bytes.getInt(next) & 0xffffffffL";
            case "longlong" -> "bytes.getLong(next)";
            default -> throw new IllegalArgumentException("no layout for " + type);
        };
    }

    // --------------------------------------------------------------------------------------------------- words

    private static int width(String type) {
        return switch (type) {
            case "octet" -> 1;
            case "short" -> 2;
            case "long" -> 4;
            case "longlong" -> 8;
            default -> throw new IllegalArgumentException("no fixed width for " + type);
        };
    }

    private static String javaType(String type) {
        return switch (type) {
            case "octet", "short" -> "int";
            case "long", "longlong" -> "long";
            case "bit" -> "boolean";
            case "shortstr" -> "String";
            case "longstr" -> "byte[]";
            case "table" -> "FieldTable";
            default -> throw new IllegalArgumentException("unknown type " + type);
        };
    }

    private static String reader(String type) {
        return switch (type) {
            case "octet" -> "octet";
            case "short" -> "uint16";
            case "long" -> "uint32";
            case "longlong" -> "int64";
            case "bit" -> "bit";
            case "shortstr" -> "shortString";
            case "longstr" -> "longString";
            case "table" -> "table";
            default -> throw new IllegalArgumentException("unknown type " + type);
        };
    }

    private static String zero(String type) {
        return switch (type) {
            case "octet", "short", "long", "longlong" -> "0";
            case "bit" -> "false";
            case "shortstr" -> "\"\"";
            case "longstr" -> "new byte[0]";
            case "table" -> "FieldTable.EMPTY";
            default -> throw new IllegalArgumentException("unknown type " + type);
        };
    }

    private static String lower(String name) {
        var camel = camel(name);
        return Character.toLowerCase(camel.charAt(0)) + camel.substring(1);
    }

    private static String camel(String name) {
        var text = new StringBuilder();
        for (String part : name.split("-")) {
            text.append(Character.toUpperCase(part.charAt(0))).append(part.substring(1));
        }
        return text.toString();
    }
}
