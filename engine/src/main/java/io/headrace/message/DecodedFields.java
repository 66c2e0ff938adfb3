package io.headrace.message;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.SplittableRandom;

/// The fields of a decoded table in wire order, of two with the same name the first. A map that takes
/// little more than its names and values do: a stranger's tables must not cost many times the bytes that
/// they came in.
///
/// Threads: filled by one, then immutable.
final class DecodedFields extends AbstractMap<String, FieldValue> {
    /// Up to so many names are compared one after the other.
    private static final int FEW = 8;

    private static final int[] NO_SLOTS = {};
    private static final int SEED = new SplittableRandom().nextInt();

    private final String[] names;
    private final FieldValue[] values;
    private final int[] slots; // 1 + place of a name, by hash, 0 if free; empty while there are few
    private int size;

    /// @param most as many fields as will be added, at most
    DecodedFields(int most) {
        names = new String[most];
        values = new FieldValue[most];
        slots = most <= FEW ? NO_SLOTS : new int[Integer.highestOneBit(most + most / 3) << 1];
    }

    void add(String name, FieldValue value) {
        int slot = slots.length == 0 ? 0 : slot(name);
        boolean known = slots.length == 0 ? placeAmongFew(name) >= 0 : slots[slot] != 0;
        if (known) {
            return;
        }
        names[size] = name;
        values[size] = value;
        size++;
        if (slots.length > 0) {
            slots[slot] = size;
        }
    }

    @Override
    public FieldValue get(Object key) {
        if (!(key instanceof String name)) {
            return null;
        }
        int place = slots.length == 0 ? placeAmongFew(name) : slots[slot(name)] - 1;
        return place < 0 ? null : values[place];
    }

    @Override
    public boolean containsKey(Object key) {
        return get(key) != null;
    }

    @Override
    public int size() {
        return size;
    }

    private int placeAmongFew(String name) {
        for (int place = 0; place < size; place++) {
            if (names[place].equals(name)) {
                return place;
            }
        }
        return -1;
    }

    /// The slot that has this name, or the free one where it belongs.
    private int slot(String name) {
        int slot = hash(name) & slots.length - 1;
        while (slots[slot] != 0 && !names[slots[slot] - 1].equals(name)) {
            slot = slot + 1 & slots.length - 1;
        }
        return slot;
    }

    /// Not [String#hashCode], for which a stranger can make up any number of names with one value.
    private static int hash(String name) {
        int hash = SEED;
        for (int i = 0; i < name.length(); i++) {
            hash = (Integer.rotateLeft(hash, 5) ^ name.charAt(i)) * 0x9E3779B1;
        }
        return hash ^ hash >>> 15;
    }

    @Override
    public Set<Map.Entry<String, FieldValue>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Map.Entry<String, FieldValue>> iterator() {
                return new InWireOrder();
            }

            @Override
            public int size() {
                return size;
            }
        };
    }

    private final class InWireOrder implements Iterator<Map.Entry<String, FieldValue>> {
        private int next;

        @Override
        public boolean hasNext() {
            return next < size;
        }

        @Override
        public Map.Entry<String, FieldValue> next() {
            if (next == size) {
                throw new NoSuchElementException();
            }
            Map.Entry<String, FieldValue> entry = Map.entry(names[next], values[next]);
            next++;
            return entry;
        }
    }
}
