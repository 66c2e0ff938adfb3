package io.headrace.queue;

import java.util.function.Consumer;

/// A map from positive ids, by open addressing: the lookup of every applied operation.
///
/// Threads: the loop.
final class IntMap<V> {
    private int[] keys = new int[64];
    private Object[] values = new Object[64];
    private int size;

    @SuppressWarnings("unchecked")
    V get(int key) {
        for (int i = slot(key); values[i] != null; i = i + 1 & keys.length - 1) {
            if (keys[i] == key) {
                return (V) values[i];
            }
        }
        return null;
    }

    void put(int key, V value) {
        if (size * 2 >= keys.length) {
            rehash(keys.length * 2);
        }
        int i = slot(key);
        while (values[i] != null && keys[i] != key) {
            i = i + 1 & keys.length - 1;
        }
        if (values[i] == null) {
            size++;
        }
        keys[i] = key;
        values[i] = value;
    }

    @SuppressWarnings("unchecked")
    V remove(int key) {
        int i = slot(key);
        while (values[i] != null && keys[i] != key) {
            i = i + 1 & keys.length - 1;
        }
        if (values[i] == null) {
            return null;
        }
        var removed = (V) values[i];
        values[i] = null;
        size--;
        // what was pushed along by the removed key moves back, so that no search stops early
        for (int j = i + 1 & keys.length - 1; values[j] != null; j = j + 1 & keys.length - 1) {
            var moved = values[j];
            values[j] = null;
            size--;
            put(keys[j], (V) moved);
        }
        return removed;
    }

    int size() {
        return size;
    }

    /// In ascending order of slots, not of keys: callers that need an order sort.
    @SuppressWarnings("unchecked")
    void forEach(Consumer<V> visitor) {
        for (var value : values.clone()) {
            if (value != null) {
                visitor.accept((V) value);
            }
        }
    }

    private int slot(int key) {
        return key * 0x9E3779B9 >>> 7 & keys.length - 1;
    }

    @SuppressWarnings("unchecked")
    private void rehash(int length) {
        var oldKeys = keys;
        var oldValues = values;
        keys = new int[length];
        values = new Object[length];
        size = 0;
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldValues[i] != null) {
                put(oldKeys[i], (V) oldValues[i]);
            }
        }
    }
}
