package io.headrace.conformance.kafka;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.protocol.ApiKeys;
import org.apache.kafka.common.protocol.ApiMessage;

/// Requests written as text: JSON, with names that need no quotes and single quotes around words. Fields are named as
/// in Kafka's definitions of its messages; one that is not told has its default.
///
/// ```text
/// {topics: [{topic_until_12: '$fetched', topicId_since_13: '#fetched', partitions: [{partition: 0}]}]}
/// ```
///
/// A field may say for which versions it is; `$` begins a name of this run, `#` stands for the id of a topic of this
/// run, `<word>` for what was told to be remembered under that word. Bytes are written in hexadecimal digits.
///
/// Threads: one.
final class RequestText {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_UNQUOTED_FIELD_NAMES)
            .enable(JsonReadFeature.ALLOW_SINGLE_QUOTES)
            .build();
    private static final Pattern VERSIONED = Pattern.compile("(\\w+?)(?:_since_(\\d+))?(?:_until_(\\d+))?");
    private static final Pattern REMEMBERED = Pattern.compile("<(\\w+)>");

    private final UnaryOperator<String> name;
    private final Map<String, Uuid> topicIds;
    private final Map<String, Object> remembered;

    /// @param name gives a name of this run
    RequestText(UnaryOperator<String> name, Map<String, Uuid> topicIds, Map<String, Object> remembered) {
        this.name = name;
        this.topicIds = topicIds;
        this.remembered = remembered;
    }

    ApiMessage request(ApiKeys key, int version, String text) {
        var known = REMEMBERED.matcher(text).replaceAll(match -> recall(match.group(1)));
        try {
            return (ApiMessage)
                    object(ApiMessageType.fromApiKey(key.id).newRequest().getClass(), JSON.readTree(known), version);
        } catch (JsonProcessingException | ReflectiveOperationException e) {
            throw new IllegalArgumentException("no " + key + " in version " + version + ": " + known, e);
        }
    }

    private String recall(String word) {
        if (!remembered.containsKey(word)) {
            throw new IllegalArgumentException("nothing is remembered as " + word);
        }
        return remembered.get(word).toString();
    }

    private Object object(Class<?> type, JsonNode text, int version) throws ReflectiveOperationException {
        var made = type.getDeclaredConstructor().newInstance();
        for (var field : text.properties()) {
            var named = VERSIONED.matcher(field.getKey());
            if (!named.matches()) {
                throw new IllegalArgumentException(field.getKey());
            }
            boolean early = named.group(2) != null && version < Integer.parseInt(named.group(2));
            boolean late = named.group(3) != null && version > Integer.parseInt(named.group(3));
            if (!early && !late) {
                var setter = setter(type, named.group(1));
                setter.invoke(made, value(setter.getGenericParameterTypes()[0], field.getValue(), version));
            }
        }
        return made;
    }

    private static Method setter(Class<?> type, String field) {
        var wanted = "set" + Character.toUpperCase(field.charAt(0)) + field.substring(1);
        return Arrays.stream(type.getMethods())
                .filter(method -> method.getName().equals(wanted) && method.getParameterCount() == 1)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(type.getSimpleName() + " has no " + field));
    }

    private Object value(Type type, JsonNode text, int version) throws ReflectiveOperationException {
        if (text.isNull()) {
            return null;
        }
        if (type instanceof ParameterizedType list) {
            return elements(new ArrayList<>(), list.getActualTypeArguments()[0], text, version);
        }
        var plain = (Class<?>) type;
        if (Collection.class.isAssignableFrom(plain)) {
            var made = (Collection<?>) plain.getDeclaredConstructor().newInstance();
            var element = ((ParameterizedType) plain.getGenericSuperclass()).getActualTypeArguments()[0];
            return elements(made, element, text, version);
        }
        return switch (plain.getSimpleName()) {
            case "String" -> text(text.asText());
            case "boolean" -> text.asBoolean();
            case "byte", "Byte" -> (byte) number(text);
            case "short", "Short" -> (short) number(text);
            case "int", "Integer" -> (int) number(text);
            case "long", "Long" -> number(text);
            case "double" -> text.asDouble();
            case "byte[]" -> HexFormat.of().parseHex(text.asText());
            case "Uuid" -> id(text.asText());
            case "ByteBuffer" -> ByteBuffer.wrap(HexFormat.of().parseHex(text.asText()));
            default -> object(plain, text, version);
        };
    }

    /// A word that stood for a remembered number may still have its quotes.
    private static long number(JsonNode text) {
        return text.isTextual() ? Long.parseLong(text.asText()) : text.asLong();
    }

    @SuppressWarnings("unchecked") // the elements are of the type that the list's own declaration tells
    private Object elements(Collection<?> made, Type element, JsonNode text, int version)
            throws ReflectiveOperationException {
        for (JsonNode each : text) {
            if (!((Collection<Object>) made).add(value(element, each, version))) {
                throw new IllegalArgumentException("cannot be added: " + each);
            }
        }
        return made;
    }

    private String text(String text) {
        return text.startsWith("$") ? name.apply(text.substring(1)) : text;
    }

    private Uuid id(String text) {
        return text.startsWith("#") ? topicIds.get(text.substring(1)) : Uuid.fromString(text);
    }
}
