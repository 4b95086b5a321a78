internal import Cgroups
internal import Delegation
internal import Linux

extension Setup {
    /// Switches on what is missing, each in a write of its own. What others have switched on stays on,
    /// and so does what no line wants any more: somebody beneath may use it.
    mutating func enable(
        _ wanted: [Controller], at place: CgroupPath
    ) throws(Failure) {
        let path = hierarchy.tree.name(of: place)
        let cgroup: Cgroup
        do { cgroup = try hierarchy.tree.root.descendant(place) } catch {
            throw Failure("cannot open \(path): \(error)")
        }
        let offered: [Controller]
        let enabled: [Controller]
        do throws(Errno) {
            offered = try cgroup.controllers()
            enabled = try cgroup.enabledControllers()
        } catch { throw Failure("cannot read the controllers of \(path): \(error)") }
        for controller in wanted where offered.contains(controller) && !enabled.contains(controller)
        {
            do throws(Errno) {
                do throws(Errno) { try cgroup.enable(controller) } catch  where error == .exists {
                    try makeWayAndEnable(controller, in: cgroup, at: path)
                }
                outcome.changes.append("\(path): controller \(controller)")
            } catch  where error == .busy {
                outcome.problems.append(
                    "\(path) has processes in it, so the controller \(controller) cannot be switched on: "
                        + "end or move those that \(path)/cgroup.procs lists")
            } catch {
                outcome.problems.append(
                    "cannot switch on the controller \(controller) in \(path): \(error)")
            }
        }
    }

    private mutating func makeWayAndEnable(
        _ controller: Controller, in cgroup: borrowing Cgroup, at path: String
    ) throws(Errno) {
        let closed = closeNodes(in: cgroup)
        defer { reopen(closed, in: cgroup) }
        makeWay(for: controller, in: cgroup, at: path)
        try cgroup.enable(controller)
    }

    /// Keeps users from making cgroups for a moment: one that is taken away would be there again before the
    /// controller is on. Should this end half-way, the limits of their lines are set again by the next run.
    /// - Returns: how many each node might have in it before.
    private func closeNodes(in cgroup: borrowing Cgroup) -> [(name: [UInt8], bound: [UInt8])] {
        var closed: [(name: [UInt8], bound: [UInt8])] = []
        for name in (try? cgroup.children()) ?? [] {
            guard let node = try? cgroup.child(name),
                let bound = try? node.directory.contents(of: Self.bound),
                (try? node.directory.write([0x30], to: Self.bound)) != nil
            else { continue }
            closed.append((name, bound))
        }
        return closed
    }

    private func reopen(
        _ nodes: [(name: [UInt8], bound: [UInt8])], in cgroup: borrowing Cgroup
    ) {
        for (name, bound) in nodes {
            guard let node = try? cgroup.child(name) else { continue }
            try? node.directory.write(bound, to: Self.bound)
        }
    }

    private static var bound: [UInt8] { Array("cgroup.max.descendants".utf8) }

    /// A user who has a cgroup of his own can make one in it with the name of a controller's file; the
    /// controller could then never be switched on for anybody.
    private mutating func makeWay(
        for controller: Controller, in cgroup: borrowing Cgroup, at path: String
    ) {
        for name in (try? cgroup.children()) ?? [] {
            guard let node = try? cgroup.child(name) else { continue }
            for child in (try? node.children()) ?? []
            where child.starts(with: controller.name + [0x2e]) {
                let culprit = "\(path)/\(printable(name))/\(printable(child))"
                if CommandCgroupCleanup.removeIfEmpty(child, from: node) {
                    outcome.warnings.append(
                        "removed \(culprit), whose name kept the controller \(controller) from all")
                } else {
                    outcome.problems.append(
                        "\(culprit) has the name of a file of the controller \(controller): end what "
                            + "runs there with berth-cgroup gc --kill \(printable(name))")
                }
            }
        }
    }

    /// The cgroup of a group's member is made when he first comes. That the kernel refuses a limit should
    /// then be no news: it is tried on a cgroup that nobody gets.
    mutating func tryGroupLines(_ file: PolicyFile, in top: borrowing Cgroup) {
        for grant in file.understood {
            guard case .group(let name) = grant.owner else { continue }
            // A group without a name goes by its number.
            if (try? Accounts.group(named: name)) == .some(nil),
                decimal(name[...], upTo: UInt64(UInt32.max)) == nil
            {
                outcome.warnings.append(
                    PolicyFile.place(grant.line, "there is no group \(grant.owner)"))
            }
            guard !grant.limits.isEmpty else { continue }
            do throws(UserCgroup.PreparationError) {
                try tryOut(grant, in: top)
            } catch {
                outcome.problems.append(
                    PolicyFile.place(grant.line, "\(grant.owner): \(error.withoutPlace)"))
            }
        }
    }

    /// What an earlier run left is used again.
    private func tryOut(_ grant: UsercgroupEntry, in top: borrowing Cgroup) throws(UserCgroup
        .PreparationError)
    {
        let trial: Cgroup
        do throws(Errno) {
            do throws(Errno) { try top.makeChild(Self.trial) } catch  where error == .exists {}
            trial = try top.child(Self.trial)
        } catch { throw .refused(error) }
        defer { try? top.removeChild(Self.trial) }
        for limit in grant.limits {
            do throws(Errno) { try trial.directory.write(limit.value, to: limit.file) } catch {
                throw .limit(limit, line: grant.line, error)
            }
        }
    }

    static var trial: [UInt8] { Array("trial".utf8) }
}

extension UserCgroup.PreparationError {
    /// The same sentence where the line is said already.
    var withoutPlace: String {
        switch self {
        case .limit(let limit, _, .notFound):
            "the kernel has no \(printable(limit.file)): take it out, or boot with that controller on"
        case .limit(let limit, _, let errno):
            "the kernel does not take \(limit): \(errno)"
        default: description
        }
    }
}
