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
        if let container = target.container, !config.exists, !target.isRoot {
            let path = UntrustedText("/var/lib/lxc/").appending(container)
            config.isRoots = ((try? files.attributes(of: path)) ?? nil) != nil
        }
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
            note(path, error, isIncluded: false)
        }
        var lxcPath: ArraySlice<UInt8>?
        ConfigLine.forEach(in: settings ?? []) { line, number in
            if case .setting(let key, let value) = line, !value.isEmpty,
                key.elementsEqual("lxc.lxcpath".utf8)
            {
                lxcPath = value
                directoryPlace = ConfigPlace(file: path, line: number)
            }
            return true
        }
        directory =
            lxcPath.map { UntrustedText($0) }
            ?? (target.isRoot ? "/var/lib/lxc" : target.home.appending("/.local/share/lxc"))
    }

    /// - Parameter place: the line that includes the file.
    private mutating func readFile(
        _ path: UntrustedText, at place: ConfigPlace? = nil, depth: Int,
        from files: inout some FileReader
    ) {
        let bytes: [UInt8]?
        do throws(UnreadReason) { bytes = try files.contents(of: path) } catch {
            if depth > 0, error == .refused(.isDirectory) {
                return readFiles(in: path, at: place, depth: depth, from: &files)
            }
            if let place, error == .refused(.failed(.EACCES)) {
                reject(
                    Array("lxc.include".utf8)[...], path.bytes[...], place,
                    .conflict("the user may not read \(path.quoted)"))
            }
            if depth == 0 { (exists, isReadable) = (true, false) }
            return note(path, error, isIncluded: depth > 0)
        }
        guard let bytes else {
            if depth == 0 {
                danglingLink = ((try? files.target(of: path)) ?? nil).map { UntrustedText($0) }
                if (try? files.attributes(of: directory)) == .some(nil) {
                    danglingDirectory = ((try? files.target(of: directory)) ?? nil).map {
                        UntrustedText($0)
                    }
                }
            }
            // lxc accepts a missing directory: a path that ends with a slash.
            if depth > 0, path.bytes.last != 0x2f, hasRoom(missing.count) { missing.append(path) }
            return
        }
        if depth == 0 { exists = true }
        ConfigLine.forEach(in: bytes) { line, number in
            if case .setting(let key, let value) = line, key.elementsEqual("lxc.include".utf8) {
                guard !value.isEmpty else { return true }
                let place = ConfigPlace(file: path, line: number)
                include(UntrustedText(value), at: place, depth: depth + 1, from: &files)
            } else {
                apply(line, at: ConfigPlace(file: path, line: number))
            }
            return !hasStopped
        }
    }

    private mutating func readFiles(
        in directory: UntrustedText, at place: ConfigPlace?, depth: Int,
        from files: inout some FileReader
    ) {
        let names: [[UInt8]]?
        do throws(UnreadReason) { names = try files.names(in: directory) } catch {
            return note(directory, error)
        }
        for name in names ?? [] where name.count > 5 && name.suffix(5).elementsEqual(".conf".utf8) {
            let path = directory.appending("/").appending(UntrustedText(name))
            include(path, at: place, depth: depth + 1, from: &files)
        }
    }

    private mutating func include(
        _ path: UntrustedText, at place: ConfigPlace?, depth: Int,
        from files: inout some FileReader
    ) {
        // Files can include themselves or each other endlessly.
        guard !hasStopped else { return }
        guard depth <= 8 else { return note(path, "more than 8 levels of lxc.include lead to it") }
        readFile(path, at: place, depth: depth, from: &files)
    }

    /// - Parameter isIncluded: whether another file includes it: the line is rejected then.
    private mutating func note(
        _ path: UntrustedText, _ reason: UnreadReason, isIncluded: Bool = true
    ) {
        if reason.isFinal { hasStopped = true }
        let faults: [ForeignFile.Refusal] = [.failed(.EACCES), .isDirectory, .isSpecial]
        note(
            path, reason.description,
            isFault: !isIncluded && faults.contains { reason == .refused($0) })
    }

    private mutating func note(_ path: UntrustedText, _ reason: String, isFault: Bool = false) {
        guard !unread.contains(where: { $0.path == path }), hasRoom(unread.count) else { return }
        unread.append(Unread(path: path, reason: reason, isFault: isFault))
    }
}
