package org.posthorn.server.users;

class MemoryDirectoryTest implements DirectoryContract {

    @Override public Directory directory(UsersConfig config) {
        return new MemoryDirectory(config);
    }
}
