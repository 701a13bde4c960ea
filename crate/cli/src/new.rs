//! `tilde new`: the files of a new exhibit, and its lines in the registry.

use crate::args::New;
use crate::failure::Failure;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use tilde_models::exhibits::cards;

/// The registry, the one file that the command changes.
const REGISTRY: &str = "crate/models/src/exhibits.rs";
/// In the block between these two of the registry the modules are declared, and in the one that begins
/// with [`LINES`] each exhibit has its line.
const MODULES: &str = "\n#[path = ";
const MODULES_END: &str = "\n\nuse crate::Error;";
const LINES: &str = "\nregistry! {\n";
/// The module of the page that has new exhibits; see the registry.
const PART: &str = "generators";

/// Where each template goes; `ID` stands for the id, `NAME` for the id as Rust writes it.
const FILES: &[(&str, &str)] = &[
    ("crate/models/src/NAME/mod.rs", include_str!("../templates/mod.rs.txt")),
    ("crate/models/src/NAME/card.rs", include_str!("../templates/card.rs.txt")),
    ("crate/models/src/NAME/model.rs", include_str!("../templates/model.rs.txt")),
    ("crate/models/src/NAME/picture.rs", include_str!("../templates/picture.rs.txt")),
    ("crate/evaluate/src/gates/NAME.rs", include_str!("../templates/gates.rs.txt")),
    ("www/words/en/ID.json", include_str!("../templates/words.json.txt")),
    ("www/words/en/ID.md", include_str!("../templates/lesson.md.txt")),
];

/// Writes a new exhibit into the repository in the current folder.
pub fn run(args: &New, out: &mut dyn Write) -> Result<(), Failure> {
    let names = Names::new(&args.id)?;
    let registry = fs::read_to_string(REGISTRY).map_err(|_| {
        Failure::Usage(format!("There is no {REGISTRY} here. Run this in the root of the repository."))
    })?;
    let registered = names.registered(&registry)?;
    let files: Vec<(PathBuf, String)> = FILES
        .iter()
        .map(|(path, text)| {
            (path.replace("NAME", &names.module).replace("ID", &names.id).into(), names.fill(text))
        })
        .collect();
    // All of it or nothing: what exists is left alone.
    if let Some((path, _)) = files.iter().find(|(path, _)| path.exists()) {
        return Err(Failure::Usage(format!("{} exists already. Choose another id.", path.display())));
    }
    for (path, text) in &files {
        write(path, text)?;
        writeln!(out, "wrote   {}", path.display())?;
    }
    write(Path::new(REGISTRY), &registered)?;
    writeln!(out, "changed {REGISTRY}")?;
    writeln!(
        out,
        "\n'{0}' trains, draws and is tested as it stands:\n\
         cargo test -p tilde-models --test every_exhibit -- ::{0}\n\
         ./build.sh serve --only {0}\n\
         docs/adding-an-exhibit.md says what comes next.",
        names.id
    )?;
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let failed = |e| Failure::file(path, "written", &e);
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(path, text).map_err(failed)
}

/// What the exhibit is called in each place.
struct Names {
    /// "bayes-net"
    id: String,
    /// "bayes_net"
    module: String,
    /// "BayesNet"
    model: String,
    /// "Bayes net"
    title: String,
}

impl Names {
    /// From an id.
    ///
    /// # Errors
    /// A usage failure for what cannot be an id, or is one already.
    fn new(id: &str) -> Result<Names, Failure> {
        let words: Vec<&str> = id.split('-').collect();
        let word = |w: &&str| {
            w.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
                && w.starts_with(|c: char| c.is_ascii_lowercase())
        };
        if !words.iter().all(word) || id.len() > 24 {
            return Err(Failure::Usage(format!(
                "'{id}' cannot be an id: it takes up to 24 lower-case letters and digits, words joined by '-'."
            )));
        }
        if cards().any(|card| card.id == id) {
            return Err(Failure::Usage(format!("There is an exhibit '{id}' already.")));
        }
        let capital = |w: &str| w[..1].to_uppercase() + &w[1..];
        let mut title = words.join(" ");
        title = capital(&title);
        Ok(Names {
            id: id.into(),
            module: words.join("_"),
            model: words.iter().map(|w| capital(w)).collect(),
            title,
        })
    }

    /// A template with the names put in.
    fn fill(&self, template: &str) -> String {
        template
            .replace("{{id}}", &self.id)
            .replace("{{Type}}", &self.model)
            .replace("{{Title}}", &self.title)
    }

    /// The registry with the exhibit at its end.
    ///
    /// # Errors
    /// A failure if the registry is not as it was.
    fn registered(&self, registry: &str) -> Result<String, Failure> {
        let changed = || {
            Failure::Failed(format!("{REGISTRY} is not as this command knows it. Add the exhibit by hand."))
        };
        let Names { module, model, .. } = self;
        let begin = registry.find(MODULES).ok_or_else(changed)? + 1;
        let modules = registry.find(MODULES_END).ok_or_else(changed)?;
        let lines = registry.find(LINES).ok_or_else(changed)?;
        let end = lines + registry[lines..].find("\n}").ok_or_else(changed)?;
        if begin > modules || end < modules {
            return Err(changed());
        }
        // Two lines a module, in the order of their names, as the formatter wants them.
        let declared: Vec<&str> = registry[begin..modules].lines().collect();
        let mut declared: Vec<String> = declared.chunks(2).map(|pair| pair.join("\n")).collect();
        declared.push(format!("#[path = \"{module}/mod.rs\"]\npub mod {module};"));
        declared.sort();
        Ok(format!(
            "{}{}{}\n    \"{PART}\" tensors {module}::{model};{}",
            &registry[..begin],
            declared.join("\n"),
            &registry[modules..end],
            &registry[end..]
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_become_names() {
        let names = Names::new("two-ais2").expect("an id");
        assert_eq!([&*names.module, &*names.model, &*names.title], ["two_ais2", "TwoAis2", "Two ais2"]);
        for wrong in ["", "Gan", "a b", "a--b", "-a", "2d", "a_b", "gan2d", "a/../b", &"a".repeat(25)] {
            assert!(Names::new(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn the_registry_takes_another_line() {
        let registry = include_str!("../../models/src/exhibits.rs");
        let registered = Names::new("scratch").expect("an id").registered(registry).expect("it fits");
        let added: Vec<&str> = registered.lines().filter(|line| !registry.contains(line)).collect();
        assert_eq!(
            added,
            [
                "#[path = \"scratch/mod.rs\"]",
                "pub mod scratch;",
                "    \"generators\" tensors scratch::Scratch;"
            ]
        );
        assert_eq!(registered.lines().count(), registry.lines().count() + 3);
    }
}
