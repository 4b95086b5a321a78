internal import Linux
internal import UserFiles

extension ContainerConfig {
    static func read(
        of target: TargetUser, from files: inout some FileReader
    ) -> ContainerConfig {
        var config = ContainerConfig()
        config.userDefaults = configDirectory(of: target).appending("/default.conf")
        config.readDirectory(of: target, from: &files)
        if let container = target.container {
            config.path =
                config.directory.appending("/").appending(container).appending("/config")
        } else {
            let defaults = try? files.attributes(of: config.userDefaults)
            config.path = defaults == .some(nil) ? hostDefaults : config.userDefaults
        }
        config.readFile(config.path, depth: 0, from: &files)
        return config
    }

    /// The directory of the user's default.conf and lxc.conf.
    private static func configDirectory(of target: TargetUser) -> UntrustedText {
        target.isRoot ? "/etc/lxc" : target.home.appending("/.config/lxc")
    }

    /// Finds the directory of the user's containers.
    mutating func readDirectory(of target: TargetUser, from files: inout some FileReader) {
        let path = Self.configDirectory(of: target).appending("/lxc.conf")
        var settings: [UInt8]?
        do throws(UnreadReason) { settings = try files.contents(of: path) } catch {
            note(path, error)
        }
        let lxcPath = Self.pairs(settings ?? []).last {
            $0.key.elementsEqual("lxc.lxcpath".utf8) && !$0.value.isEmpty
        }
        directory =
            lxcPath.map { UntrustedText($0.value) }
            ?? (target.isRoot ? "/var/lib/lxc" : target.home.appending("/.local/share/lxc"))
    }

    private mutating func readFile(
        _ path: UntrustedText, depth: Int, from files: inout some FileReader
    ) {
        let bytes: [UInt8]?
        do throws(UnreadReason) { bytes = try files.contents(of: path) } catch {
            if depth > 0, error == .refused(.isDirectory) {
                return readFiles(in: path, depth: depth, from: &files)
            }
            if depth == 0 { (exists, isReadable) = (true, false) }
            return note(path, error)
        }
        guard let bytes else {
            // lxc accepts a missing directory: a path that ends with a slash.
            if depth > 0, path.bytes.last != 0x2f, hasRoom(missing.count) { missing.append(path) }
            return
        }
        if depth == 0 { exists = true }
        for (key, value) in Self.pairs(bytes) {
            guard key.elementsEqual("lxc.include".utf8) else {
                set(key, value)
                continue
            }
            include(UntrustedText(value), depth: depth + 1, from: &files)
        }
    }

    private mutating func readFiles(
        in directory: UntrustedText, depth: Int, from files: inout some FileReader
    ) {
        let names: [[UInt8]]?
        do throws(UnreadReason) { names = try files.names(in: directory) } catch {
            return note(directory, error)
        }
        for name in names ?? [] where name.suffix(5).elementsEqual(".conf".utf8) {
            let path = directory.appending("/").appending(UntrustedText(name))
            include(path, depth: depth + 1, from: &files)
        }
    }

    private mutating func include(
        _ path: UntrustedText, depth: Int, from files: inout some FileReader
    ) {
        // Files can include themselves or each other endlessly.
        guard !hasStopped else { return }
        guard depth <= 8 else { return note(path, "more than 8 levels of lxc.include lead to it") }
        readFile(path, depth: depth, from: &files)
    }

    private mutating func note(_ path: UntrustedText, _ reason: UnreadReason) {
        if reason.isFinal { hasStopped = true }
        note(path, reason.description)
    }

    private mutating func note(_ path: UntrustedText, _ reason: String) {
        guard !unread.contains(where: { $0.path == path }), hasRoom(unread.count) else { return }
        unread.append(Unread(path: path, reason: reason))
    }
}
