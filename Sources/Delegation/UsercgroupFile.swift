internal import HostPaths
package import Linux

/// The parser of `/etc/lxc/lxc-usercgroup`, which says which users may have cgroups, and within
/// which limits.
package struct UsercgroupFile: Sendable {
    package let bytes: [UInt8]
    package let exists: Bool

    package init(_ bytes: [UInt8]) { self.init(bytes, exists: true) }

    private init(_ bytes: [UInt8], exists: Bool) {
        self.bytes = bytes
        self.exists = exists
    }

    /// Reads the file, if only root can write to it and its directory. A missing file has no lines.
    package static func read() throws(TrustedFile.TrustError) -> UsercgroupFile {
        do throws(TrustedFile.TrustError) {
            return UsercgroupFile(
                try TrustedFile.open(Paths.usercgroupName, in: Paths.lxcConfiguration).contents())
        } catch {
            if case .missing = error { return UsercgroupFile([], exists: false) }
            throw error
        }
    }

    package struct InvalidLine: Error, Sendable {
        package let line: Int
        package let text: ArraySlice<UInt8>
        package let error: UsercgroupEntry.ParseError
    }

    /// Every line with an entry, in the order of the file.
    package var entries: [Result<UsercgroupEntry, InvalidLine>] {
        var entries: [Result<UsercgroupEntry, InvalidLine>] = []
        for (number, place) in Lines(bytes: bytes).entries {
            entries.append(Self.entry(bytes[place], line: number))
        }
        return entries
    }

    private static func entry(
        _ text: ArraySlice<UInt8>, line: Int
    ) -> Result<UsercgroupEntry, InvalidLine> {
        do throws(UsercgroupEntry.ParseError) {
            return .success(try UsercgroupEntry(text, line: line))
        } catch { return .failure(InvalidLine(line: line, text: text, error: error)) }
    }
}

// MARK: - The line that applies to a user

extension UsercgroupFile {
    package enum Decision {
        case granted(UsercgroupEntry)
        case notListed
        /// The first line for the user is invalid. Later lines are not used, because they may grant
        /// more (fail-closed).
        case invalid(InvalidLine)
        case accountsUnavailable(Errno)
    }

    package func decision(for user: Credentials) -> Decision {
        do throws(Errno) {
            var matcher = try OwnerMatcher(user)
            return decision(for: &matcher)
        } catch { return .accountsUnavailable(error) }
    }

    package func decision(for matcher: inout OwnerMatcher) -> Decision {
        decision { field throws(Errno) in try matcher.owner(field) != nil }
    }

    /// - Parameter isOwner: whether the first field of a line names the user.
    package func decision(
        isOwner: (ArraySlice<UInt8>) throws(Errno) -> Bool
    ) -> Decision {
        for (number, place) in Lines(bytes: bytes).entries {
            var position = place.lowerBound
            guard let field = nextWord(in: bytes, from: &position, to: place.upperBound) else {
                continue
            }
            do throws(Errno) { guard try isOwner(bytes[field]) else { continue } } catch {
                return .accountsUnavailable(error)
            }
            switch Self.entry(bytes[place], line: number) {
            case .success(let entry): return .granted(entry)
            case .failure(let invalid): return .invalid(invalid)
            }
        }
        return .notListed
    }
}
