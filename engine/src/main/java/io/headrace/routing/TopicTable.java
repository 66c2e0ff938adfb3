package io.headrace.routing;

import io.headrace.catalog.BindingKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// Patterns of words between dots: `*` is one word, `#` any number of words.
///
/// The patterns are a tree of words. A key walks it as a set of places at once, one step for each word:
/// from a place to the child of that word, to the child `*`, and, as `#` may stand for nothing, on to the
/// child `#` at once; a place under `#` also stays where it is. A place is in the set once however it was
/// reached, so a step costs at most one visit to each place of the tree: many `#` in a pattern cost no more
/// than many words.
///
/// ```text
///  a.*.#  a.b     root ─ a ─┬─ * ─ #
///                           └─ b
/// ```
final class TopicTable implements Table {
    private final Place root = new Place();

    /// A place in the tree: what the words on the way to it have in common.
    private static final class Place {
        private final Map<String, Place> words = new ConcurrentHashMap<>(2);
        private volatile Place oneWord;
        private volatile Place anyWords;
        private volatile Targets targets = Targets.NONE;

        Place child(String word) {
            return switch (word) {
                case "*" -> oneWord;
                case "#" -> anyWords;
                default -> words.get(word);
            };
        }

        Place childOrNew(String word) {
            Place child = child(word);
            if (child == null) {
                child = new Place();
                set(word, child);
            }
            return child;
        }

        void set(String word, Place child) {
            switch (word) {
                case "*" -> oneWord = child;
                case "#" -> anyWords = child;
                default -> words.put(word, child);
            }
        }

        void drop(String word) {
            switch (word) {
                case "*" -> oneWord = null;
                case "#" -> anyWords = null;
                default -> words.remove(word);
            }
        }

        boolean leadsNowhere() {
            return targets.isEmpty() && oneWord == null && anyWords == null && words.isEmpty();
        }
    }

    @Override
    public void add(BindingKey binding, Target target) {
        Place place = root;
        for (String word : words(binding.routingKey())) {
            place = place.childOrNew(word);
        }
        place.targets = place.targets.with(target);
    }

    @Override
    public void remove(BindingKey binding, Target target) {
        List<String> words = words(binding.routingKey());
        List<Place> way = new ArrayList<>(List.of(root));
        for (String word : words) {
            Place next = way.getLast().child(word);
            if (next == null) {
                return;
            }
            way.add(next);
        }
        Place last = way.getLast();
        last.targets = last.targets.without(target);
        for (int depth = words.size(); depth > 0 && way.get(depth).leadsNowhere(); depth--) {
            way.get(depth - 1).drop(words.get(depth - 1));
        }
    }

    @Override
    public void match(List<String> keys, MessageTraits message, Found found) {
        for (String key : keys) {
            match(key, found);
        }
    }

    private void match(String key, Found found) {
        Walk walk = new Walk();
        walk.arrive(root);
        for (int start = 0, end; start <= key.length() && !key.isEmpty(); start = end + 1) {
            int dot = key.indexOf('.', start);
            end = dot < 0 ? key.length() : dot;
            walk.step(key.substring(start, end));
        }
        walk.places.forEach(place -> found.add(place.targets));
        walk.staying.forEach(place -> found.add(place.targets));
    }

    /// The places at which a key is, having given some of its words.
    private static final class Walk {
        private List<Place> places = new ArrayList<>(); // not under a `#`
        private List<Place> last = new ArrayList<>(); // kept for the next step
        private final List<Place> staying = new ArrayList<>(); // under a `#`: once there, there to the end
        private Set<Place> known; // the same as staying, once there are many

        private static final int FEW = 8;

        void step(String word) {
            List<Place> from = places;
            places = last;
            last = from;
            places.clear();
            int stayed = staying.size();
            for (Place place : from) {
                leave(place, word);
            }
            for (int i = 0; i < stayed; i++) {
                leave(staying.get(i), word);
            }
        }

        private void leave(Place place, String word) {
            Place child = place.words.get(word);
            if (child != null) {
                arrive(child);
            }
            Place star = place.oneWord;
            if (star != null) {
                arrive(star);
            }
        }

        /// Also enters the `#` below, which may stand for no word at all, and so on down.
        void arrive(Place place) {
            places.add(place);
            Place hash = place.anyWords;
            while (hash != null && stay(hash)) {
                hash = hash.anyWords;
            }
        }

        private boolean stay(Place hash) {
            if (known == null && staying.size() > FEW) {
                known = new HashSet<>(staying);
            }
            boolean isNew = known == null ? !staying.contains(hash) : known.add(hash);
            if (isNew) {
                staying.add(hash);
            }
            return isNew;
        }
    }

    /// None for the empty key; a dot has a word on either side, empty or not.
    private static List<String> words(String key) {
        return key.isEmpty() ? List.of() : List.of(key.split("\\.", -1));
    }
}
