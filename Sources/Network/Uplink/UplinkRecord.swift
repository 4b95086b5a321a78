internal import Netlink

extension PlannedNetwork {
    /// The uplinks as the record names them after these changes. One that is being released stays
    /// in it until all changes for that have been made.
    func uplinks(
        after changes: [Change], isComplete: Bool, isOwn: Bool
    ) -> [Record.UplinkEntry]? {
        func steps(_ changes: [Change], of uplink: Uplink) -> [UplinkChange] {
            changes.compactMap { change in
                guard case .uplink(let change) = change, change.uplink == uplink else { return nil }
                return change
            }
        }
        var entries = (record?.uplinks ?? []).filter { $0.uplink != desired.uplink }.filter {
            !isComplete
                || steps(self.changes, of: $0.uplink).count > steps(changes, of: $0.uplink).count
        }
        if let uplink = desired.uplink {
            var entry =
                (record?.uplinks ?? []).first { $0.uplink == uplink }
                ?? Record.UplinkEntry(uplink: uplink, isAttached: isOwn)
            for change in steps(changes, of: uplink) {
                entry.note(change.step, observed.uplinks.first { $0.uplink == uplink })
            }
            entries.append(entry)
        }
        return entries.isEmpty ? nil : entries
    }
}

extension Record.UplinkEntry {
    fileprivate mutating func note(_ step: UplinkChange.Step, _ observed: ObservedUplink?) {
        switch step {
        case .attach: isAttached = true
        case .set(let name, let attribute, let from, let to):
            // An interface that was created needs no entry.
            guard let port = observed?.interface(name).map({ Record.Port($0) }) else { return }
            let position =
                links.firstIndex { $0.port == port }
                ?? {
                    links.append(Record.AlteredLink(port: port))
                    return links.count - 1
                }()
            links[position].alterations = links[position].alterations.after([(attribute, from, to)])
        case .create, .delete, .detach, .restore: break
        }
    }
}

extension ObservedNetwork {
    /// Why the desired uplink is not attached, and how to fix that.
    func uplinkFault(_ desired: DesiredNetwork) -> String? {
        uplinks.first { $0.uplink == desired.uplink }?.objection
    }

    func uplinkWarning(_ desired: DesiredNetwork) -> String? {
        uplinkFault(desired).map {
            "\(desired.bridge) is cut off from its LAN: \($0)"
        }
    }
}
