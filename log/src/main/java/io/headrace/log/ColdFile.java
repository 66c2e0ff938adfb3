package io.headrace.log;

final class ColdFile extends Home {
    @Override
    StorageFile file() {
        throw new UnsupportedOperationException();
    }
}
