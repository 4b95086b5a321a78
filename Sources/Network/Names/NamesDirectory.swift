internal import HostPaths
internal import Linux

/// The directory from which a network's dnsmasq reads the names of containers (`--hostsdir`).
struct NamesDirectory {
    let bridge: BridgeName

    private var path: String { DnsmasqPaths.containerNames(of: bridge) }

    func create() throws(Failure) { try StateDirectory.create(path) }

    /// What is published. Files that have another form are left out.
    func read() throws(Errno) -> [PublishedNames] {
        var published: [PublishedNames] = []
        for name in try SmallFile.names(in: path) {
            let bytes = try SmallFile.contents(of: "\(path)/\(name)")
            guard let names = PublishedNames(text: String(decoding: bytes ?? [], as: UTF8.self)),
                names.file == name
            else { continue }
            published.append(names)
        }
        return published
    }

    /// Makes the directory contain these names and nothing else.
    /// - Returns: whether a name was removed.
    func replace(with names: [PublishedNames]) throws(Errno) -> Bool {
        var before: [String: PublishedNames] = [:]
        for entry in try read() { before[entry.file] = entry }
        let files = Set(names.map(\.file))
        var removes = false
        for name in try SmallFile.names(in: path) where !files.contains(name) {
            try SmallFile.remove("\(path)/\(name)")
            removes = true
        }
        for entry in names where before[entry.file] != entry {
            removes = removes || before[entry.file] != nil
            // dnsmasq would also read a temporary file in the directory.
            try SmallFile.replace(
                "\(path)/\(entry.file)", with: Array(entry.text.utf8),
                through: DnsmasqPaths.newContainerNames(of: bridge))
        }
        return removes
    }

    /// Without names, the directory is needed only while dnsmasq runs.
    func removeIfEmpty() { try? SmallFile.removeDirectory(path) }

    func remove() throws(Errno) {
        for name in try SmallFile.names(in: path) { try SmallFile.remove("\(path)/\(name)") }
        try SmallFile.removeDirectory(path)
    }
}
