namespace OrleansPool.Simulation.World;

/// <summary>Something on its way from one end to another.</summary>
/// <param name="From">Who sent it; of a client, only the number counts.</param>
/// <param name="To">To whom.</param>
/// <param name="Content">What it is.</param>
internal sealed record Envelope(End From, End To, object Content);
