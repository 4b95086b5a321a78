internal import Cgroups
internal import Delegation
internal import Linux

extension Setup {
    /// Tries the limits of groups on a temporary cgroup. The cgroup of a member is created only at
    /// its first use, which is too late to learn that the kernel rejects a limit.
    mutating func checkGroupEntries(_ file: UsercgroupFile, in top: borrowing Cgroup) {
        for entry in file.validEntries {
            guard case .group = entry.owner else { continue }
            if (try? entry.owner.isMissingGroup) == true {
                report.warnings.append(entry.message("there is no group \(entry.owner)"))
            }
            guard !entry.limits.isEmpty else { continue }
            do throws(UserCgroup.PreparationError) {
                try tryLimits(of: entry, in: top)
            } catch {
                report.problems.append(entry.message("\(entry.owner): \(error.withoutLine)"))
            }
        }
    }

    /// The temporary cgroup may exist already, left by an interrupted run.
    private func tryLimits(
        of entry: UsercgroupEntry, in top: borrowing Cgroup
    ) throws(UserCgroup.PreparationError) {
        let temporary: Cgroup
        do throws(Errno) {
            do throws(Errno) { try top.makeChild(Self.temporaryCgroup) } catch
                where error == .EEXIST
            {}
            temporary = try top.child(Self.temporaryCgroup)
        } catch { throw .refused(error) }
        defer { try? top.removeChild(Self.temporaryCgroup) }
        for limit in entry.limits {
            do throws(Errno) { try temporary.directory.write(limit.value, to: limit.file) } catch {
                throw .limit(limit, line: entry.line, error)
            }
        }
    }

    static var temporaryCgroup: [UInt8] { Array("trial".utf8) }
}

extension UserCgroup.PreparationError {
    /// The message without the number of the line.
    var withoutLine: String {
        switch self {
        case .limit(let limit, _, .ENOENT):
            let missing = MissingLimit(limit: limit, controller: nil)
            return "\(missing): \(missing.fix)"
        case .limit(let limit, _, let errno): return "the kernel rejects \(limit): \(errno)"
        default: return description
        }
    }
}
