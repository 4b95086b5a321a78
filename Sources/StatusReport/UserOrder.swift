extension [UserReport] {
    /// Users and their members by usage, highest first. Members with equal usage keep their order.
    /// Groups stay last.
    func sorted(by order: StatusSelection.Order, _ rates: StatusRates?) -> [UserReport] {
        map { user in
            var user = user
            user.members = user.members.stablySorted {
                $0.amount(order, rates, of: user.name)
            }
            return user
        }.stablySorted { $0.isUser ? $0.amount(order, rates) + 1 : 0 }
    }
}

extension UserReport {
    fileprivate func amount(_ order: StatusSelection.Order, _ rates: StatusRates?) -> UInt64 {
        let own =
            switch order {
            case .memory: use?.memoryBytes
            case .cpu: rates?.processor(of: CgroupKey(user: name)) ?? use?.cpuMicroseconds
            case .traffic: nil as UInt64?
            }
        return (own ?? members.reduce(0) { $0.adding($1.amount(order, rates, of: name)) })
            .limited
    }
}

extension UserReport.Member {
    fileprivate func amount(
        _ order: StatusSelection.Order, _ rates: StatusRates?, of user: String
    ) -> UInt64 {
        switch order {
        case .memory: return use?.memoryBytes ?? 0
        case .cpu:
            return rates?.processor(of: CgroupKey(self, of: user)) ?? use?.cpuMicroseconds ?? 0
        case .traffic:
            return nics.reduce(0) { sum, nic in
                guard let rates else {
                    return sum.adding(nic.receivedBytes ?? 0).adding(nic.sentBytes ?? 0)
                }
                let rate = rates.traffic(of: nic)
                return sum.adding(rate?.received ?? 0).adding(rate?.sent ?? 0)
            }
        }
    }
}

extension UInt64 {
    /// The sum, or the largest number.
    fileprivate func adding(_ other: UInt64) -> UInt64 {
        let (sum, isTooLarge) = addingReportingOverflow(other)
        return isTooLarge ? .max : sum
    }

    fileprivate var limited: UInt64 { Swift.min(self, .max - 1) }
}

extension Array {
    /// Descending, by a key that is computed once for each element.
    fileprivate func stablySorted(by key: (Element) -> UInt64) -> [Element] {
        let keys = map(key)
        return indices.sorted {
            keys[$0] == keys[$1] ? $0 < $1 : keys[$0] > keys[$1]
        }.map { self[$0] }
    }
}
