namespace OrleansPool.Core.Replication;

/// <summary>Known mistakes that the simulator must notice, each a line of the protocol left out or turned round.</summary>
internal enum Mutation
{
    None,
    LeaseNotStretched,
    LeaseCountedFromReceipt,
    SessionUnchanged,
    AbsenceFromOldViewIsDeath,
    HalfTheTakeoverWait,
    NoEpochCheck,
    NoAuthority,
    NoReadLeases,
    RemovalCountsAtOnce,
    ShorterStreamWins,
    TailIsReadable,
    JoinerNotRequired,
    JoinerProposedEarly,
    CopyIgnoresLease,
    MoveKeepsServing,
    MoveWithoutDrain,
    ReplyBeforeAllAcks,
    UnknownTakenForFailed,
    GrantsToExpelled,
    JoinerIsElectable,
    TakeoverWithoutExpelling,
    LostAtOnce,
    AckOfEarlierCopyCounts,
}
