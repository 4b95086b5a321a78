package import Cgroups
internal import Linux

/// A limit on a user's cgroup, such as `memory.max=8G`, `pids.max=4096` or `cpu.max`: the value of
/// a file that belongs to root.
package struct Limit: Equatable, Sendable {
    package let file: [UInt8]
    package let value: [UInt8]

    package init(file: [UInt8], value: [UInt8]) {
        self.file = file
        self.value = value
    }

    /// The limits on the number and the depth of a user's cgroups, unless the entry sets others.
    /// The kernel sets none; a container with systemd creates a few hundred cgroups.
    package static var defaults: [Limit] {
        [
            Limit(file: Array("cgroup.max.descendants".utf8), value: Array("4096".utf8)),
            Limit(file: Array("cgroup.max.depth".utf8), value: Array("32".utf8)),
        ]
    }

    /// The controller that the file belongs to; `nil` for `cgroup.max.…`.
    package var controller: Controller? {
        let prefix = file.prefix { $0 != 0x2e }
        return prefix.elementsEqual("cgroup".utf8) ? nil : Controller(prefix)
    }

    /// - Parameter word: `FILE=VALUE`, where a blank in VALUE is written `\040`.
    init(_ word: ArraySlice<UInt8>) throws(UsercgroupEntry.ParseError) {
        guard let equals = word.firstIndex(of: 0x3d), word.index(after: equals) < word.endIndex
        else { throw .malformedLimit(printable(word)) }
        file = Array(word[..<equals])
        value = unescaped(word[(equals + 1)...])
        guard Self.isName(file) else { throw .unknownLimit(printable(word)) }
        guard value.count <= 256, value.allSatisfy({ (0x20...0x7e).contains($0) }), isPlausible
        else { throw .invalidValue(printable(word)) }
    }

    /// Whether it names a file that sets a limit, rather than one that moves or kills processes.
    private static func isName(_ file: [UInt8]) -> Bool {
        let parts = file.split(separator: 0x2e, omittingEmptySubsequences: false)
        guard parts.count >= 2, file.count <= 64, Controller(parts[0]) != nil,
            parts.dropFirst().allSatisfy({ part in
                !part.isEmpty
                    && part.allSatisfy {
                        (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f
                            || (0x41...0x5a).contains($0)
                    }
            })
        else { return false }
        if parts[0].elementsEqual("cgroup".utf8) {
            return file.elementsEqual("cgroup.max.descendants".utf8)
                || file.elementsEqual("cgroup.max.depth".utf8)
        }
        return !file.elementsEqual("memory.reclaim".utf8)
    }

    /// Whether the value is well-formed. The kernel accepts or rejects it when it is written; only
    /// the kernel knows the form of io.max, cpu.max and others.
    private var isPlausible: Bool {
        if value.elementsEqual("max".utf8) { return true }
        guard let controller else { return isNumber(value[...]) }
        if controller.name.elementsEqual("pids".utf8) { return isNumber(value[...]) }
        let last = file.split(separator: 0x2e).last ?? []
        let isSize =
            controller.name.elementsEqual("memory".utf8)
            && ["max", "high", "low", "min"].contains { last.elementsEqual($0.utf8) }
        guard isSize, let unit = value.last else { return !value.isEmpty }
        // The units of the kernel's memparse().
        let hasUnit = "KMGTPEkmgtpe".utf8.contains(unit)
        return isNumber(hasUnit ? value.dropLast() : value[...])
    }

    private func isNumber(_ digits: ArraySlice<UInt8>) -> Bool {
        decimal(digits, upTo: UInt64(Int64.max)) != nil
    }
}

extension Limit: CustomStringConvertible {
    /// As in lxc-usercgroup.
    package var description: String {
        var text = printable(file) + "="
        for byte in value {
            text += byte == 0x20 || byte == 0x5c ? octal(byte) : printable([byte])
        }
        return text
    }
}
