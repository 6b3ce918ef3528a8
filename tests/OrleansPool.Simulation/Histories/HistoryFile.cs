using OrleansPool.Simulation.Linearizability;
using OrleansPool.Simulation.Linearizability.Models;

namespace OrleansPool.Simulation.Histories;

/// <summary>A recorded history in a file. Which format it has is seen from its first line, not from its name.</summary>
public static class HistoryFile
{
    /// <summary>Reads a history and checks it.</summary>
    /// <exception cref="HistoryFormatException">The file has no known format, or breaks it.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static CheckResult Check(string path, CheckBudget budget)
    {
        string[] lines = File.ReadAllLines(path);
        int first = Array.FindIndex(lines, line => !string.IsNullOrWhiteSpace(line));
        if (first < 0) throw new HistoryFormatException(path, 1, "the file is empty");
        if (KeyValueLog.IsLine(lines[first]))
            return LinearizabilityChecker.Check(new KeyValueModel(), KeyValueLog.Parse(path, lines), input => input.Key, budget);
        if (JepsenRegisterLog.IsLine(lines[first]))
            return LinearizabilityChecker.Check(new RegisterModel(), JepsenRegisterLog.Parse(path, lines), budget);
        throw new HistoryFormatException(
            path, first + 1, "this is neither a log of Jepsen ('INFO jepsen.util - ...') nor a history of maps ('{:process 0, ...}')");
    }
}
