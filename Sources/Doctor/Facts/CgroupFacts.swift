internal import Cgroups
internal import Delegation
internal import HostPaths
internal import Linux

/// What there is for a user in the tree of cgroups.
struct CgroupFacts: Equatable, Sendable {
    struct DelegatedFile: Equatable, Sendable {
        let path: String
        let file: FileFacts
    }

    struct Node: Equatable, Sendable {
        var path = ""
        var file: FileFacts?
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
        case faulty(FaultyLine)
        case unknown(String)
    }

    /// Where whoever asks is himself.
    struct Place: Equatable, Sendable {
        var path = ""
        /// Whether berth-run may take him out of it.
        var hindrance: String?
        var isOwnLeaf = false
        var others: [Int32] = []
    }

    var isSystemd = false
    var isOpenRC = false
    var hasManager = false
    /// Why the tree cannot be used; `nil` if it can.
    var absence: UnifiedTree.Absence?
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

    static func observe(_ subject: Subject, _ asker: Asker) -> CgroupFacts {
        var facts = CgroupFacts()
        facts.isSystemd = Systemd.isRunning
        facts.isOpenRC = SmallFile.exists("/run/openrc")
        facts.hasManager = SmallFile.exists(SessionFacts.manager(of: subject.user))
        facts.readPolicy(subject)
        do throws(UnifiedTree.Absence) {
            let tree = try UnifiedTree.find()
            facts.look(at: tree, subject, asker)
        } catch { facts.absence = error }
        return facts
    }

    private mutating func readPolicy(_ subject: Subject) {
        let bytes: [UInt8]?
        do throws(Errno) { bytes = try SmallFile.contents(of: Paths.usercgroup) } catch {
            policyExists = true
            return line = .unknown("only root may read it")
        }
        guard let bytes else { return }
        policyExists = true
        let file = (try? FileFacts(of: Paths.usercgroup)) ?? nil
        let directory = (try? FileFacts(of: Paths.lxcConfiguration)) ?? nil
        policyIsTrusted = (file?.onlyRootWrites ?? true) && (directory?.onlyRootWrites ?? true)
        do throws(Policy.Refusal<Errno>) {
            var person: Person
            do throws(Errno) {
                person = try Person(Caller(user: subject.user, groups: subject.groups))
            } catch { throw .unknown(error) }
            let grant = try Policy(bytes).grant { field throws(Errno) in
                try person.owner(field) != nil
            }
            guard let grant else { return }
            let wanted: [String] =
                switch grant.wish {
                case .all: ["*"]
                case .these(let list): list.map(\.description)
                }
            line = .line(grant.line, wanted: wanted, fields: grant.owner.description)
        } catch {
            switch error {
            case .faulty(let faulty):
                line = .faulty(
                    FaultyLine(faulty.line, faulty.text, reason: faulty.fault.description))
            case .unknown(let errno): line = .unknown("accounts cannot be looked up: \(errno)")
            }
        }
    }

    private mutating func look(
        at tree: borrowing UnifiedTree, _ subject: Subject, _ asker: Asker
    ) {
        mount = tree.name(of: .root)
        remount = tree.mount.delegatesNamespaces ? nil : tree.mount.remount
        available = ((try? tree.root.controllers()) ?? []).map(\.description)
        let topPlace = CgroupPath(names: [UserNode.top])
        if let top = try? tree.root.descendant(topPlace) {
            topExists = true
            reaching = ((try? top.enabledControllers()) ?? []).map(\.description)
            if let found = try? top.child(UserNode.name(of: subject.user)) {
                let place = topPlace.appending(UserNode.name(of: subject.user))
                node = Self.node(found, at: tree.name(of: place))
            }
        }
        if asker.user == subject.user { own = Self.ownPlace(in: tree, of: subject) }
    }

    private static func node(_ cgroup: borrowing Cgroup, at path: String) -> Node {
        var node = Node(path: path)
        node.file = (try? FileFacts(of: path)) ?? nil
        node.controllers = (try? cgroup.controllers())?.map(\.description)
        node.enabled = ((try? cgroup.enabledControllers()) ?? []).map(\.description)
        node.processes = ((try? cgroup.processes()) ?? []).map(\.number)
        for name in DelegatedFiles.ofThisKernel() {
            let file = "\(path)/\(printable(name))"
            guard let facts = (try? FileFacts(of: file)) ?? nil else { continue }
            node.delegated.append(DelegatedFile(path: file, file: facts))
        }
        return node
    }

    private static func ownPlace(
        in tree: borrowing UnifiedTree, of subject: Subject
    ) -> Place? {
        guard let path = try? UnifiedTree.ownPlace() else { return nil }
        var place = Place(path: tree.name(of: path))
        do throws(Departure.Obstacle) { try Departure.allow(from: path, in: tree) } catch {
            place.hindrance = error.description
        }
        let node = [UserNode.top, UserNode.name(of: subject.user)]
        place.isOwnLeaf = path.names.count == 3 && Array(path.names.prefix(2)) == node
        if place.isOwnLeaf, let leaf = try? tree.root.descendant(path) {
            place.others = ((try? leaf.processes()) ?? []).map(\.number)
        }
        return place
    }
}

extension CgroupFacts {
    var mounter: UnifiedTree.Absence.Mounter {
        isSystemd ? .systemd : isOpenRC ? .openRC : .another
    }
}
