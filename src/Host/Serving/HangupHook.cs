namespace ChatOpsBot.Host.Serving;

/// <summary>What SIGHUP means while a command runs that does not end by it.</summary>
internal sealed class HangupHook
{
    private Action? _action;

    /// <summary>Runs the action at each SIGHUP until it is disposed.</summary>
    public IDisposable On(Action action)
    {
        _action = action;
        return new Off(this);
    }

    /// <summary>A SIGHUP came. <see langword="false"/> when nobody wants it: then it ends the program, as usual.</summary>
    public bool Ring()
    {
        if (_action is not { } action)
        {
            return false;
        }

        action();
        return true;
    }

    private sealed class Off(HangupHook hook) : IDisposable
    {
        public void Dispose() => hook._action = null;
    }
}
