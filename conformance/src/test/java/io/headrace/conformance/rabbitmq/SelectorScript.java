package io.headrace.conformance.rabbitmq;

import com.rabbitmq.client.AMQP.BasicProperties;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Exchanges of type `x-jms-topic` and the selectors that JMS clients give them; RabbitMQ needs its plugin for them.
final class SelectorScript {
    private static final String TYPE = "x-jms-topic";
    private static final String SELECTOR = "rjms_erlang_selector";
    private static final String EXCHANGE = "s.jms";

    private final Session session;

    private SelectorScript(Script script) {
        session = script.session();
    }

    static void run(Script script) {
        var part = new SelectorScript(script);
        part.declarations();
        part.comparisons();
        part.logic();
        part.patterns();
        part.numbers();
        part.types();
        part.throughTopics();
    }

    private void declarations() {
        session.exchange(EXCHANGE, TYPE, "", "rjms_version", "3.7.0");
        session.exchange(EXCHANGE, TYPE, "");
        session.queue("s.q", "");
        session.bind("s.q", EXCHANGE, "none");
        session.bind("s.q", EXCHANGE, "a number", SELECTOR, 5);
        for (String text :
                List.of("", "x", "{'=',1", "{'=',1,1}", "{'=',1,1}. x", "foo(1).", "{'=',A,1}.", "#{a => 1}.")) {
            session.bind("s.q", EXCHANGE, text, SELECTOR, text);
        }
        for (String text :
                List.of("{'=',1,1}.", " { '=' , 1 , 1 } . ", "undefined.", "{'frob',1}.", "-1.", "{a}.", "[].")) {
            session.bind("s.q", EXCHANGE, text, SELECTOR, text);
            session.unbind("s.q", EXCHANGE, text, SELECTOR, text);
        }
    }

    /// Whether a message with such a header `a` arrives; another comes back.
    private void ask(String selector, Object... headers) {
        session.bind("s.q", EXCHANGE, selector, SELECTOR, selector);
        for (Object header : headers) {
            Map<String, Object> all = new HashMap<>();
            all.put("a", header);
            session.publish(
                    EXCHANGE,
                    "any key",
                    selector,
                    true,
                    new BasicProperties.Builder().headers(all).build());
        }
        session.unbind("s.q", EXCHANGE, selector, SELECTOR, selector);
    }

    private void comparisons() {
        for (String operator : List.of("=", "<>", "<", ">", "<=", ">=")) {
            ask("{'" + operator + "',{'ident',<<\"a\">>},1}.", 0, 1, 1.0, 2L, "1", true);
            ask("{'" + operator + "',{'ident',<<\"a\">>},<<\"b\">>}.", "a", "b", "bb", "", 1);
        }
        ask("{'in',{'ident',<<\"a\">>},[<<\"x\">>,1]}.", "x", "y", 1, 1.0);
        ask("{'not_in',{'ident',<<\"a\">>},[<<\"x\">>,1]}.", "x", "y", 1, 1.0);
        ask("{'between',{'ident',<<\"a\">>},1,3}.", 0, 1, 3, 3.5, "2");
        ask("{'not_between',{'ident',<<\"a\">>},{range,1,3}}.", 0, 1, 4);
        ask("{'in',{'ident',<<\"a\">>},5}.", 5);
    }

    private void logic() {
        String unknown = "{'=',{'ident',<<\"none\">>},1}";
        String known = "{'=',{'ident',<<\"a\">>},1}";
        for (String operator : List.of("and", "or")) {
            ask("{'" + operator + "'," + unknown + "," + known + "}.", 1, 2);
            ask("{'not',{'" + operator + "'," + unknown + "," + known + "}}.", 1, 2);
        }
        ask("{'not'," + unknown + "}.", 1);
        ask("{'is_null',{'ident',<<\"none\">>}}.", 1);
        ask("{'not_null',{'ident',<<\"a\">>}}.", 1);
        ask("{'is_null'," + unknown + "}.", 1);
        ask("{'ident',<<\"a\">>}.", true, false, 1, "true");
        ask("'true'.", 1);
        ask("'false'.", 1);
    }

    private void patterns() {
        ask("{'like',{'ident',<<\"a\">>},<<\"x%z_\">>,'no_escape'}.", "xz1", "xyz1", "x\nz1", "xz", "axz1");
        ask("{'like',{'ident',<<\"a\">>},<<\"%b%\">>,'no_escape'}.", "b", "abc", "ac", "");
        ask("{'like',{'ident',<<\"a\">>},<<\"x!%!!\">>,<<\"!\">>}.", "x%!", "xa!", "x%");
        ask("{'like',{'ident',<<\"a\">>},<<\"x__z\">>,'no_escape'}.", "x\u00fcz", "xyz");
        ask("{'like',{'ident',<<\"a\">>},<<\".*+?^=!:${}()|[]/\\\\\">>,'no_escape'}.", ".*+?^=!:${}()|[]/\\", "x");
        ask("{'not_like',{'ident',<<\"a\">>},<<\"x\">>,'no_escape'}.", "x", "y");
        ask("{'not_like',{'ident',<<\"none\">>},<<\"x\">>,'no_escape'}.", "x");
        ask("{'like',{'ident',<<\"a\">>},<<\"x\">>,<<\"!!\">>}.", "x");
        ask("{'like',{'ident',<<\"a\">>},<<\"x\">>,'no_escape'}.", 5);
    }

    private void numbers() {
        ask("{'=',{'+',{'*',{'ident',<<\"a\">>},2},1},7}.", 3, 3.0, 4);
        ask("{'=',{'-',{'ident',<<\"a\">>}},{'+',-3}}.", 3);
        ask("{'=',{'/',{'ident',<<\"a\">>},2},1.5}.", 3, 4);
        ask("{'=',{'/',{'ident',<<\"a\">>},0},plus_infinity}.", 3, -3, 0);
        ask("{'>',{'ident',<<\"a\">>},9007199254740992.0}.", 9007199254740993L, 9007199254740992L);
        ask("{'=',{'+',{'ident',<<\"a\">>},1},2}.", "x");
        ask("{'=',{'frob',{'ident',<<\"a\">>}},error}.", 1);
    }

    private void types() {
        for (Object header : new Object[] {(byte) 1, (short) 1, 1, 1L, 1.0f, 1.0}) {
            ask("{'=',{'ident',<<\"a\">>},1}.", header);
        }
        ask("{'is_null',{'ident',<<\"a\">>}}.", new Date(1_000), null, List.of(1), Map.of("b", 1));
    }

    private void throughTopics() {
        session.exchange("s.topic", "topic", "");
        session.bindExchange(EXCHANGE, "s.topic", "orders.#");
        String selector = "{'=',{'ident',<<\"a\">>},1}.";
        session.bind("s.q", EXCHANGE, "", SELECTOR, selector);
        for (String key : List.of("orders.new", "other")) {
            for (int value : new int[] {1, 2}) {
                Map<String, Object> headers = Map.of("a", value);
                var properties = new BasicProperties.Builder().headers(headers).build();
                session.publish("s.topic", key, key + " " + value, true, properties);
            }
        }
        session.purge("s.q");
        session.deleteExchange(EXCHANGE, true);
        session.deleteExchange(EXCHANGE, false);
    }
}
