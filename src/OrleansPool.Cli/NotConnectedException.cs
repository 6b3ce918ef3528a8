namespace OrleansPool.Cli;

/// <summary>No silo answers at the gateways.</summary>
internal sealed class NotConnectedException(string message, Exception? innerException = null) : Exception(message, innerException);
