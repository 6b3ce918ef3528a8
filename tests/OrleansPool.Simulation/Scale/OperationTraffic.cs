namespace OrleansPool.Simulation.Scale;

/// <summary>What one operation cost, and what it may cost.</summary>
/// <param name="Operation">Which.</param>
/// <param name="Silos">How many silos the cluster has.</param>
/// <param name="Copies">How many copies the segment has.</param>
/// <param name="Sharers">How many silos keep the block in their cache.</param>
/// <param name="Messages">Messages from the request to the answer.</param>
/// <param name="RoundTrips">Messages that wait for each other, by two.</param>
/// <param name="MessagesDue">What the design says.</param>
/// <param name="RoundTripsDue">What the design says.</param>
internal sealed record OperationTraffic(string Operation, int Silos, int Copies, int Sharers, long Messages, double RoundTrips, long MessagesDue, double RoundTripsDue)
{
    /// <summary>Whether it is what the design says, no more and no less.</summary>
    public bool Holds => Messages == MessagesDue && RoundTrips == RoundTripsDue;

    public override string ToString() =>
        $"{Silos} silos, {Copies} copies, {Sharers} sharers: {Operation} {Messages} messages, {RoundTrips} round trips{(Holds ? "" : $"; {MessagesDue} messages, {RoundTripsDue} round trips were due")}";
}
