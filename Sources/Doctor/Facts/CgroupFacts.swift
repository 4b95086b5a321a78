internal import Cgroups
internal import Delegation
internal import HostPaths
internal import Linux

/// What there is for a user in the tree of cgroups.
struct CgroupFacts: Equatable, Sendable {
    struct DelegatedFile: Equatable, Sendable {
        let path: String
        let file: FileAttributes
    }

    struct Node: Equatable, Sendable {
        var path = ""
        var file: FileAttributes?
        /// What is to be the user's, of what is there.
        var delegated: [DelegatedFile] = []
        /// `nil` where whoever asks may not look.
        var controllers: [String]?
        var enabled: [String] = []
        var processes: [Int32] = []
    }

    /// The line of lxc-usercgroup that decides.
    enum Line: Equatable, Sendable {
        case none
        case line(Int, wanted: [String], fields: String)
        case faulty(InvalidLine)
        case unknown(String)
    }

    /// Where whoever asks is himself.
    struct Place: Equatable, Sendable {
        var path = ""
        /// Whether berth-run may take him out of it.
        var conflictingRoute: String?
        var isOwnLeaf = false
        var others: [Int32] = []
    }

    var isSystemd = false
    var isOpenRC = false
    var hasManager = false
    /// Why the tree cannot be used; `nil` if it can.
    var absence: UnifiedHierarchy.LookupError?
    /// What adds nsdelegate; `nil` where it is there.
    var remount: String?
    var mount = "/sys/fs/cgroup"
    var policyExists = false
    var policyIsTrusted = true
    var line = Line.none
    var topExists = false
    /// Controllers of the host, and those that reach `berth`.
    var available: [String] = []
    var reaching: [String] = []
    var node: Node?
    var own: Place?

    static func observe(_ subject: TargetUser, _ asker: Requester) -> CgroupFacts {
        var facts = CgroupFacts()
        facts.isSystemd = Systemd.isRunning
        facts.isOpenRC = SmallFile.exists("/run/openrc")
        facts.hasManager = SmallFile.exists(SessionFacts.manager(of: subject.user))
        facts.readPolicy(subject)
        do throws(UnifiedHierarchy.LookupError) {
            let tree = try UnifiedHierarchy.find()
            facts.look(at: tree, subject, asker)
        } catch { facts.absence = error }
        return facts
    }

    private mutating func readPolicy(_ subject: TargetUser) {
        let bytes: [UInt8]?
        do throws(Errno) { bytes = try SmallFile.contents(of: Paths.usercgroup) } catch {
            policyExists = true
            return line = .unknown("only root may read it")
        }
        guard let bytes else { return }
        policyExists = true
        let file = (try? FileAttributes(of: Paths.usercgroup)) ?? nil
        let directory = (try? FileAttributes(of: Paths.lxcConfiguration)) ?? nil
        policyIsTrusted = (file?.onlyRootWrites ?? true) && (directory?.onlyRootWrites ?? true)
        do throws(UsercgroupFile.Refusal<Errno>) {
            var person: OwnerMatcher
            do throws(Errno) {
                person = try OwnerMatcher(Credentials(user: subject.user, groups: subject.groups))
            } catch { throw .unknown(error) }
            let grant = try UsercgroupFile(bytes).grant { field throws(Errno) in
                try person.owner(field) != nil
            }
            guard let grant else { return }
            let wanted: [String] =
                switch grant.selection {
                case .all: ["*"]
                case .these(let list): list.map(\.description)
                }
            line = .line(grant.line, wanted: wanted, fields: grant.owner.description)
        } catch {
            switch error {
            case .faulty(let faulty):
                line = .faulty(
                    InvalidLine(faulty.line, faulty.text, reason: faulty.fault.description))
            case .unknown(let errno): line = .unknown("accounts cannot be looked up: \(errno)")
            }
        }
    }

    private mutating func look(
        at tree: borrowing UnifiedHierarchy, _ subject: TargetUser, _ asker: Requester
    ) {
        mount = tree.name(of: .root)
        remount = tree.mount.delegatesNamespaces ? nil : tree.mount.remount
        available = ((try? tree.root.controllers()) ?? []).map(\.description)
        let topPlace = CgroupPath(names: [UserCgroup.top])
        if let top = try? tree.root.descendant(topPlace) {
            topExists = true
            reaching = ((try? top.enabledControllers()) ?? []).map(\.description)
            if let found = try? top.child(UserCgroup.name(of: subject.user)) {
                let place = topPlace.appending(UserCgroup.name(of: subject.user))
                node = Self.node(found, at: tree.name(of: place))
            }
        }
        if asker.user == subject.user { own = Self.ownPlace(in: tree, of: subject) }
    }

    private static func node(_ cgroup: borrowing Cgroup, at path: String) -> Node {
        var node = Node(path: path)
        node.file = (try? FileAttributes(of: path)) ?? nil
        node.controllers = (try? cgroup.controllers())?.map(\.description)
        node.enabled = ((try? cgroup.enabledControllers()) ?? []).map(\.description)
        node.processes = ((try? cgroup.processes()) ?? []).map(\.number)
        for name in DelegatedFiles.ofThisKernel() {
            let file = "\(path)/\(printable(name))"
            guard let facts = (try? FileAttributes(of: file)) ?? nil else { continue }
            node.delegated.append(DelegatedFile(path: file, file: facts))
        }
        return node
    }

    private static func ownPlace(
        in tree: borrowing UnifiedHierarchy, of subject: TargetUser
    ) -> Place? {
        guard let path = try? UnifiedHierarchy.ownPlace() else { return nil }
        var place = Place(path: tree.name(of: path))
        do throws(LeavePolicy.LeaveError) { try LeavePolicy.allow(from: path, in: tree) } catch {
            place.conflictingRoute = error.description
        }
        let node = [UserCgroup.top, UserCgroup.name(of: subject.user)]
        place.isOwnLeaf = path.names.count == 3 && Array(path.names.prefix(2)) == node
        if place.isOwnLeaf, let leaf = try? tree.root.descendant(path) {
            place.others = ((try? leaf.processes()) ?? []).map(\.number)
        }
        return place
    }
}

extension CgroupFacts {
    var mounter: UnifiedHierarchy.LookupError.Mounter {
        isSystemd ? .systemd : isOpenRC ? .openRC : .another
    }
}
