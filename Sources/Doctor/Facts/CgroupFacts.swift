internal import Cgroups
internal import Delegation
internal import HostPaths
internal import Linux

/// The cgroups of one user, and what `/etc/lxc/lxc-usercgroup` grants that user.
struct CgroupFacts: Equatable, Sendable {
    struct DelegatedFile: Equatable, Sendable {
        let path: String
        let file: FileAttributes
    }

    /// The cgroup that Berth delegates to the user.
    struct DelegatedCgroup: Equatable, Sendable {
        var path = ""
        var file: FileAttributes?
        /// Those files of this cgroup that the kernel lists for delegation.
        var delegated: [DelegatedFile] = []
        /// `nil` where the requester may not read the cgroup.
        var controllers: [String]?
        var processes: [Int32] = []
        /// Whether berth-cgroup completed it, which only root can see; `nil` for others.
        var isComplete: Bool?
        /// The limit that the kernel rejected; empty if none was, or if the requester is not root.
        var rejectedLimit = ""
    }

    /// The line of lxc-usercgroup that applies: the first for the user or one of the user's groups.
    enum PolicyLine: Equatable, Sendable {
        case none
        case line(
            Int, controllers: [String], owner: String, missing: MissingSupport = MissingSupport())
        case invalid(InvalidLine)
        case unknown(String)
    }

    /// The cgroup that the requester runs in.
    struct CurrentCgroup: Equatable, Sendable {
        var path = ""
        /// Why berth-run may not move a process out of it; `nil` if it may.
        var leaveError: String?
        /// Whether berth-run created it for one command.
        var isCommandCgroup = false
        /// All processes in a command's cgroup.
        var processes: [Int32] = []
    }

    var isSystemd = false
    var isOpenRC = false
    var hasUserManager = false
    /// Why cgroups cannot be used; `nil` if they can.
    var lookupError: UnifiedHierarchy.LookupError?
    /// The command that adds nsdelegate; `nil` where it is set.
    var remount: String?
    var mount = "/sys/fs/cgroup"
    var policy = PolicyFile()
    var line = PolicyLine.none
    /// Whether the cgroup `berth`, the parent of all users' cgroups, exists.
    var isSetUp = false
    /// The controllers of the host.
    var available: [String] = []
    /// The controllers that `berth` enables for its children.
    var enabled: [String] = []
    var delegated: DelegatedCgroup?
    /// Of ``delegated`` and the cgroups below it.
    var events: [CgroupEvent] = []
    var current: CurrentCgroup?
}

extension CgroupFacts {
    /// Observes what is the same for all users.
    mutating func observeHierarchy() -> UnifiedHierarchy? {
        isSystemd = Systemd.isRunning
        isOpenRC = SmallFile.exists(Paths.openRCRuntime)
        do throws(UnifiedHierarchy.LookupError) {
            let hierarchy = try UnifiedHierarchy.find()
            mount = hierarchy.name(of: .root)
            remount = hierarchy.mount.nsdelegate ? nil : hierarchy.mount.remount
            available = ((try? hierarchy.root.controllers()) ?? []).map(\.description)
            let top = CgroupPath(names: [UserCgroup.top])
            if let top = try? hierarchy.root.descendant(top) {
                isSetUp = true
                enabled = ((try? top.enabledControllers()) ?? []).map(\.description)
            }
            return hierarchy
        } catch {
            lookupError = error
            return nil
        }
    }

    /// Observes what depends on the user.
    /// - Parameter matcher: the user; `nil` if their account cannot be looked up.
    mutating func observe(
        _ target: TargetUser, _ matcher: inout OwnerMatcher?, _ host: borrowing HostSnapshot
    ) {
        if matcher != nil { readPolicy(&matcher, host) }
        switch host.hierarchy {
        case let hierarchy?:
            let path = UserCgroup.path(of: target.user)
            if let cgroup = try? hierarchy.root.descendant(path) {
                delegated = Self.delegated(cgroup, at: hierarchy.name(of: path))
                events = CgroupEvent.all(below: hierarchy.name(of: path))
                if host.requester.user == .root { observeAttributes(of: cgroup) }
            }
            if host.requester.user == target.user {
                current = Self.current(in: hierarchy, of: target)
            }
        case nil: return
        }
    }

    private mutating func observeAttributes(of cgroup: borrowing Cgroup) {
        do throws(Errno) {
            let delegation = try cgroup.directory.extendedAttribute(UserCgroup.delegatedAttribute)
            let rejected = try cgroup.directory.extendedAttribute(
                UserCgroup.rejectedLimitAttribute)
            delegated?.isComplete = delegation != nil
            delegated?.rejectedLimit = printable(rejected ?? [])
        } catch {}
    }

    private mutating func readPolicy(
        _ matcher: inout OwnerMatcher?, _ host: borrowing HostSnapshot
    ) {
        guard policy.isReadable else { return line = .unknown("only root may read it") }
        let decision = UsercgroupFile(policy.bytes).decision { field throws(Errno) in
            try matcher?.owner(field) != nil
        }
        switch decision {
        case .granted(let entry):
            let controllers: [String] =
                switch entry.selection {
                case .all: ["*"]
                case .these(let list): list.map(\.description)
                }
            line = .line(
                entry.line, controllers: controllers, owner: entry.owner.description,
                missing: Self.missingSupport(for: entry, host))
        case .notListed: return
        case .invalid(let invalid):
            line = .invalid(
                InvalidLine(invalid.line, invalid.text, reason: invalid.error.description))
        case .accountsUnavailable(let errno):
            line = .unknown("accounts cannot be looked up: \(errno)")
        }
    }

    private static func missingSupport(
        for entry: UsercgroupEntry, _ host: borrowing HostSnapshot
    ) -> MissingSupport {
        switch host.hierarchy {
        case let tree?:
            guard let controllers = try? tree.root.controllers() else { return MissingSupport() }
            return tree.missingSupport(for: entry, of: controllers)
        case nil: return MissingSupport()
        }
    }

    private static func delegated(
        _ cgroup: borrowing Cgroup, at path: String
    ) -> DelegatedCgroup {
        var facts = DelegatedCgroup(path: path)
        facts.file = (try? FileAttributes(of: path)) ?? nil
        facts.controllers = (try? cgroup.controllers())?.map(\.description)
        facts.processes = ((try? cgroup.processes()) ?? []).map(\.number)
        for name in DelegatedFiles.ofThisKernel() {
            let path = "\(path)/\(printable(name))"
            guard let file = (try? FileAttributes(of: path)) ?? nil else { continue }
            facts.delegated.append(DelegatedFile(path: path, file: file))
        }
        return facts
    }

    private static func current(
        in hierarchy: borrowing UnifiedHierarchy, of target: TargetUser
    ) -> CurrentCgroup? {
        guard let path = try? UnifiedHierarchy.ownCgroup() else { return nil }
        var current = CurrentCgroup(path: hierarchy.name(of: path))
        do throws(LeavePolicy.LeaveError) {
            try LeavePolicy.allow(from: path, in: hierarchy)
        } catch { current.leaveError = error.description }
        let parent = [UserCgroup.top, UserCgroup.name(of: target.user)]
        current.isCommandCgroup =
            path.names.count == 3 && Array(path.names.prefix(2)) == parent
        if current.isCommandCgroup, let cgroup = try? hierarchy.root.descendant(path) {
            current.processes = ((try? cgroup.processes()) ?? []).map(\.number)
        }
        return current
    }

    /// The program that mounts cgroups at boot.
    var mounter: UnifiedHierarchy.LookupError.Mounter {
        isSystemd ? .systemd : isOpenRC ? .openRC : .another
    }
}
