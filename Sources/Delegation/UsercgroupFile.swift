internal import HostPaths
package import Linux

/// `/etc/lxc/lxc-usercgroup`: who gets a cgroup of his own, and within which limits.
package struct UsercgroupFile: Sendable {
    private let lines: Lines

    package init(_ bytes: [UInt8]) { lines = Lines(bytes: bytes) }

    /// A line that cannot be understood.
    package struct Faulty: Error, Sendable {
        package let line: Int
        package let text: ArraySlice<UInt8>
        package let fault: UsercgroupEntry.Fault
    }

    package enum Refusal<Failure: Error>: Error {
        /// The line that would decide is not understood. The next one may give more than it meant to.
        case faulty(Faulty)
        case unknown(Failure)
    }

    /// The first line whose owner is the wanted one.
    package func grant<Failure: Error>(
        whose isOwner: (ArraySlice<UInt8>) throws(Failure) -> Bool
    ) throws(Refusal<Failure>) -> UsercgroupEntry? {
        let bytes = lines.bytes
        var number = 0
        for place in lines {
            number += 1
            var position = place.lowerBound
            guard let field = nextWord(in: bytes, from: &position, to: place.upperBound),
                bytes[field.lowerBound] != 0x23
            else { continue }
            let isWanted: Bool
            do throws(Failure) { isWanted = try isOwner(bytes[field]) } catch {
                throw .unknown(error)
            }
            guard isWanted else { continue }
            do throws(UsercgroupEntry.Fault) {
                return try UsercgroupEntry(bytes[place], line: number)
            } catch {
                throw .faulty(Faulty(line: number, text: bytes[place], fault: error))
            }
        }
        return nil
    }

    /// Every line, understood or not, in the order of the file.
    package var grants: [Result<UsercgroupEntry, Faulty>] {
        var grants: [Result<UsercgroupEntry, Faulty>] = []
        var number = 0
        for place in lines {
            number += 1
            let text = lines.bytes[place].drop(while: isBlank)
            guard let first = text.first, first != 0x23 else { continue }
            do throws(UsercgroupEntry.Fault) {
                grants.append(.success(try UsercgroupEntry(text, line: number)))
            } catch {
                grants.append(.failure(Faulty(line: number, text: text, fault: error)))
            }
        }
        return grants
    }
}

extension TrustedFile.TrustError {
    /// Of the policy.
    package var sentence: String {
        switch self {
        case .missing: "\(Paths.usercgroup) does not exist"
        case .writableByOthers(let path):
            "\(path) can be written by others than root, and is not trusted: as root, chown root:root "
                + "and chmod go-w it"
        case .notAFile: "\(Paths.usercgroup) is not a regular file: as root, put one in its place"
        case .unreadable(let errno): "cannot read \(Paths.usercgroup): \(errno.description)"
        }
    }
}
