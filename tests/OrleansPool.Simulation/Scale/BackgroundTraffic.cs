namespace OrleansPool.Simulation.Scale;

/// <summary>What a cluster says when nobody asks it for anything.</summary>
/// <param name="Silos">How many silos.</param>
/// <param name="LeaseMilliseconds">How long a read lease lasts.</param>
/// <param name="Pairs">Pairs of silos that need each other's read leases, counted once for each direction.</param>
/// <param name="HeartbeatsPerPairAndLease">Heartbeats and their answers, for each such pair, in the time that a lease lasts.</param>
/// <param name="HeartbeatsPerSilo">All heartbeats and answers, for each silo and second.</param>
/// <param name="OtherPerSilo">Other messages between silos, for each silo and second.</param>
/// <param name="StorePerSilo">Requests to the store of the pool map, for each silo and second; in a large cluster, where the root is read once, none of those that read it.</param>
/// <param name="GreetingsPerSilo">Heartbeats and answers by which a silo met all others, once, when all of them started.</param>
internal sealed record BackgroundTraffic(
    int Silos, double LeaseMilliseconds, int Pairs, double HeartbeatsPerPairAndLease, double HeartbeatsPerSilo, double OtherPerSilo, double StorePerSilo, double GreetingsPerSilo);
