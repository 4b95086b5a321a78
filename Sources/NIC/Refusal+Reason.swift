internal import Usernet

extension Refusal {
    /// The reason under which the refusal is counted.
    var reason: RefusalReason {
        switch self {
        case .quotaReached: .quota
        case .noLine: .noLine
        case .namespaceNotYours, .nameTaken: .namespace
        case .noBridge, .notABridge, .optionNeedsBridge, .optionUnknownToKernel,
            .bridgeIgnoresVLANs, .schedulerMissing, .noAddressFilter:
            .bridge
        case .ledger: .ledger
        case .noSuchNIC: .noSuchNIC
        default: .system
        }
    }
}
