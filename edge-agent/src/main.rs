//! The program `edge-agent`: everything it does is in the library, and what is typed is read in [`cli`].

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
