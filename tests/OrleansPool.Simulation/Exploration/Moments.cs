using OrleansPool.Core;
using OrleansPool.Core.Replication;

namespace OrleansPool.Simulation.Exploration;

/// <summary>
/// How a moment that a silo remembers counts in a fingerprint: as what may still come of it. Inputs come at whole steps of time only, so a moment
/// counts as the first step that is not before it; what lies beyond the scope, on either side, counts as one.
/// </summary>
/// <param name="start">When the exploration begins.</param>
/// <param name="time">The present step of time.</param>
/// <param name="scope">What a step is, and how many there are.</param>
internal sealed class Moments(Tick start, int time, Scope scope)
{
    /// <summary>
    /// Fields on which no decision rests within the scope: they are compared with <see cref="ReplicationTimes.Silence"/> or
    /// more, or written anew before they are read, or kept for a known mistake.
    /// </summary>
    private static readonly HashSet<string> Irrelevant =
    [
        "PeerLink.AnsweredAt", "PeerLink.ExchangedAt", "PeerLink.KnownViewVersion", "RemovalDuty._elapsedAt", "RemovalDuty._suspectsSince", "RemovalDuty.Proposed",
        "BackupProgress.OwesSince", "Replica._rowSeenAt", "DocumentDesk`1.AskedAt", "Session.LastUsed", "SessionTable.EarliestIdleEnd", "StoreRequest.Number", "MapKeeper._lastNumber",
    ];

    /// <summary>Moments that are compared with <see cref="ReplicationTimes.Resend"/>, or less than a step: now, or before.</summary>
    private static readonly HashSet<string> Recent =
        ["BackupProgress.SentAt", "TakeoverDuty._askedAt", "Replica._remindedAt", "JoinDuty._sentAt", "Callback.SentAt", "PeerLink.BeatAt"];

    /// <summary>Moments that are compared with <see cref="ReplicationTimes.Silence"/>, and may be older than the exploration.</summary>
    private static readonly HashSet<string> Silences = ["PeerLink.HeardAt"];

    /// <summary>
    /// Whether what is said here holds in a scope: a step is longer than whatever is sent again waits, and in all of them no silence is long
    /// enough to count.
    /// </summary>
    public static bool Cover(Scope scope)
    {
        ReplicationTimes times = Opening.Times;
        TimeSpan all = scope.Step * scope.Steps;
        return scope.Step > times.HeartbeatInterval && scope.Step > times.Resend + (all / 4) && all < times.Silence;
    }

    /// <summary>Whether a field counts.</summary>
    public static bool Counts(string field) => !Irrelevant.Contains(field);

    /// <summary>What of a field matters.</summary>
    public static MomentKind KindOf(string field) => Recent.Contains(field) ? MomentKind.Recent : Silences.Contains(field) ? MomentKind.Silence : MomentKind.Any;

    /// <summary>What a moment counts as.</summary>
    public ulong Of(long moment, MomentKind kind)
    {
        if (moment == Tick.Never.Value) return 1;

        // Not yet, where a field says so.
        if (moment == default) return 2;
        long whole = moment < start.Value ? -1 : (moment - start.Value + scope.Step.Ticks - 1) / scope.Step.Ticks;
        return 4 + (ulong)(kind switch
        {
            MomentKind.Recent => Math.Max(whole, time - 1),
            MomentKind.Silence => Math.Min(whole, 0),
            _ => Math.Min(whole, scope.Steps + 1),
        });
    }
}
