internal import FoundationEssentials
internal import HostPaths
internal import JSONOutput
package import Linux

extension Record {
    package enum FileError: Error, CustomStringConvertible {
        /// The contents cannot be parsed.
        case corrupted
        /// A newer version of Berth wrote it.
        case newer(version: Int)
        /// Users other than root may have written it, and root would act on it.
        case writableByOthers
        case inaccessible(Errno)

        package var description: String {
            switch self {
            case .corrupted:
                "\(Paths.networkRecord) cannot be parsed: berth-net start rewrites it, and "
                    + "berth-net stop removes what the settings name"
            case .newer(let version):
                "\(Paths.networkRecord) has format version \(version), and this version of Berth "
                    + "supports no version above \(Record.currentVersion): stop the networks with "
                    + "the newer Berth that wrote it, or install that Berth again"
            case .writableByOthers:
                "\(Paths.networkRecord) could be written by users other than root: remove it, and "
                    + "run berth-net start, which takes over the existing networks"
            case .inaccessible(let error): "cannot read or write \(Paths.networkRecord): \(error)"
            }
        }
    }

    /// - Returns: `nil` if there is no record, because no network is set up.
    package static func load() throws(FileError) -> Record? {
        let bytes: [UInt8]
        do throws(TrustedFile.TrustError) {
            bytes = try TrustedFile.open(Paths.networkRecordName, in: Paths.lxcRuntime).contents()
        } catch {
            switch error {
            case .missing: return nil
            case .unreadable(_, let errno): throw .inaccessible(errno)
            case .changing: throw .inaccessible(.EAGAIN)
            case .writableByOthers, .notADirectory, .notRegular: throw .writableByOthers
            }
        }
        return try decoded(bytes)
    }

    private struct Format: Decodable { let version: Int }

    /// Reads a record of this version or of version 1.
    package static func decoded(_ bytes: [UInt8]) throws(FileError) -> Record {
        let data = Data(bytes)
        guard let version = (try? JSONDecoder().decode(Format.self, from: data))?.version else {
            throw .corrupted
        }
        let record: Record?
        switch version {
        case 1: record = (try? JSONDecoder().decode(RecordVersion1.self, from: data))?.upgraded
        case currentVersion: record = try? JSONDecoder().decode(Record.self, from: data)
        case (currentVersion + 1)...: throw .newer(version: version)
        default: record = nil
        }
        guard let record else { throw .corrupted }
        return record
    }

    package var encoded: [UInt8] {
        Array(jsonText(self, isPretty: false, escapesSlashes: true).utf8)
    }

    package func save() throws(FileError) {
        do throws(Errno) {
            guard !networks.isEmpty || !left.isEmpty else {
                try SmallFile.remove(Paths.networkRecord)
                return
            }
            try SmallFile.replace(Paths.networkRecord, with: encoded, mode: 0o644)
        } catch {
            throw .inaccessible(error)
        }
    }
}
