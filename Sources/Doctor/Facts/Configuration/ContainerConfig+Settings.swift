internal import Linux

extension ContainerConfig {
    /// Reads a line, unless it includes another file.
    mutating func apply(_ line: ConfigLine, at place: ConfigPlace) {
        switch line {
        case .setting(let key, let value): set(key, value, at: place)
        case .withoutValue(let text): reject(text, [], place, .withoutValue)
        case .ignored(let text): reject(text, [], place, .ignored)
        }
    }

    mutating func set(
        _ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>, at place: ConfigPlace
    ) {
        if key.starts(with: "lxc.net.".utf8) { return setNIC(key, value, at: place) }
        guard let known = ConfigKeys.find(String(decoding: key.prefix(256), as: UTF8.self)) else {
            return reject(key, value, place, .unknownKey)
        }
        let setting = ConfigSetting(
            key: UntrustedText(key), value: UntrustedText(value), place: place)
        if let fault = fault(of: setting, known) {
            return reject(key, value, place, fault)
        }
        switch known.name {
        case "lxc.idmap": addIDMap(value, at: place)
        case "lxc.net": nics = []
        case "lxc.hook":
            for name in settings.keys where name.hasPrefix("lxc.hook.") { settings[name] = nil }
        default: store(setting, known)
        }
    }

    private mutating func store(_ setting: ConfigSetting, _ known: ConfigKeys.Key) {
        let name = known.name
        guard !setting.value.isEmpty else {
            if name.hasPrefix("lxc.cap.") {
                // LXC keeps both in one list.
                settings["lxc.cap.drop"] = nil
                settings["lxc.cap.keep"] = nil
            } else if setting.key == name {
                settings[name] = nil
            } else {
                settings[name]?.removeAll { $0.key == setting.key }
            }
            return
        }
        guard known.isList else { return settings[name] = [setting] }
        // Except in cgroups, a later setting of the same key replaces the one before.
        if ["lxc.prlimit", "lxc.sysctl", "lxc.namespace.share"].contains(name) {
            settings[name]?.removeAll { $0.key == setting.key }
        }
        guard hasRoom(all(name).count) else { return }
        settings[name, default: []].append(setting)
    }

    private func fault(
        of setting: ConfigSetting, _ known: ConfigKeys.Key
    ) -> FaultyLine.Reason? {
        let suffix = setting.key.bytes.dropFirst(known.name.utf8.count + 1)
        let isPrefix = ConfigKeys.prefixes.contains { $0.name == known.name }
        if isPrefix, suffix.isEmpty, !setting.value.isEmpty { return .unknownKey }
        let name = String(decoding: suffix, as: UTF8.self)
        if known.name == "lxc.namespace.share", !ConfigValue.namespaceNames.contains(name) {
            return .unknownKey
        }
        if known.name == "lxc.prlimit", !name.isEmpty, !ConfigValue.resources.contains(name) {
            return .unknownKey
        }
        if let fault = known.kind.fault(setting.value.bytes) { return .value(fault) }
        guard !setting.value.isEmpty else { return nil }
        for (one, other) in [
            ("lxc.cap.drop", "lxc.cap.keep"), ("lxc.namespace.clone", "lxc.namespace.keep"),
        ] {
            for (key, other) in [(one, other), (other, one)] where known.name == key {
                guard let before = self.setting(other) else { continue }
                return .conflict("\(before.place.text) sets \(other)")
            }
        }
        return nil
    }

    private mutating func setNIC(
        _ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>, at place: ConfigPlace
    ) {
        let rest = key.dropFirst("lxc.net.".utf8.count)
        let digits = rest.prefix { (0x30...0x39).contains($0) }
        let subkey = rest.dropFirst(digits.count)
        guard let number = decimal(digits, upTo: UInt64(Int32.max) - 1) else {
            return reject(key, value, place, .unknownKey)
        }
        let index = Int(number)
        if subkey.isEmpty {
            guard value.isEmpty else { return reject(key, value, place, .unknownKey) }
            return nics.removeAll { $0.index == index }
        }
        let name = String(decoding: subkey.dropFirst().prefix(64), as: UTF8.self)
        guard subkey.first == 0x2e, let known = ConfigKeys.findNIC(name) else {
            return reject(key, value, place, .unknownKey)
        }
        if let fault = known.kind.fault(Array(value)) {
            return reject(key, value, place, .value(fault))
        }
        var position = nics.firstIndex { $0.index == index }
        if position == nil {
            guard !value.isEmpty else {
                return reject(key, value, place, .conflict("no line before it sets this NIC"))
            }
            guard hasRoom(nics.count) else { return }
            position = nics.firstIndex { $0.index > index } ?? nics.endIndex
            nics.insert(NIC(index: index, at: place), at: position ?? 0)
        }
        guard let position else { return }
        let type = name.prefix { $0 != "." }
        if ["veth", "macvlan", "ipvlan", "vlan"].contains(type),
            !(nics[position].type == String(type))
        {
            return reject(
                key, value, place,
                .conflict("no line before it sets lxc.net.\(index).type = \(type)"))
        }
        guard !known.isList || hasRoom(nics[position].all(name).count) else { return }
        nics[position].set(
            known,
            ConfigSetting(key: UntrustedText(key), value: UntrustedText(value), place: place))
    }

    private mutating func addIDMap(_ value: ArraySlice<UInt8>, at place: ConfigPlace) {
        guard !value.isEmpty else { return idMap = [] }
        let words = words(of: value).map { String(decoding: $0, as: UTF8.self) }
        let numbers = words.dropFirst().compactMap { ConfigValue.number($0) }
        guard let kind = Range.Kind(rawValue: words[0]), numbers.count == 3, hasRoom(idMap.count)
        else { return }
        idMap.append(
            Range(
                kind: kind, inside: numbers[0], outside: numbers[1], count: numbers[2],
                place: place))
    }

    mutating func reject(
        _ key: ArraySlice<UInt8>, _ value: ArraySlice<UInt8>, _ place: ConfigPlace,
        _ reason: FaultyLine.Reason
    ) {
        guard hasRoom(faultyLines.count) else { return }
        faultyLines.append(
            FaultyLine(
                place: place, key: UntrustedText(key.prefix(400)),
                value: UntrustedText(value.prefix(400)), reason: reason))
    }

    mutating func hasRoom(_ count: Int) -> Bool {
        guard count >= Self.maxEntries else { return true }
        isCut = true
        return false
    }
}
