namespace OrleansPool.Simulation.Scenarios;

/// <summary>A story did not come out as it is told.</summary>
public sealed class StoryException(string message, Exception? cause = null) : Exception(message, cause);
