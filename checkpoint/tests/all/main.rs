//! Stories about a checkpoint as text: what is told to it, and what it says happened.

#[cfg(test)]
mod accounting;
#[cfg(test)]
mod acts;
#[cfg(test)]
mod acts_ended;
#[cfg(test)]
mod acts_rows;
#[cfg(test)]
mod acts_rules;
#[cfg(test)]
mod acts_table;
#[cfg(test)]
mod course;
#[cfg(test)]
mod dated_cases;
#[cfg(test)]
mod directives;
#[cfg(test)]
mod doubtful;
#[cfg(test)]
mod editions;
#[cfg(test)]
mod immediately;
#[cfg(test)]
mod inspections;
#[cfg(test)]
mod kept_back;
#[cfg(test)]
mod late;
#[cfg(test)]
mod law_stories;
#[cfg(test)]
mod law_table;
#[cfg(test)]
mod leads;
#[cfg(test)]
mod loads;
#[cfg(test)]
mod mixups;
#[cfg(test)]
mod notices;
#[cfg(test)]
mod papers;
#[cfg(test)]
mod parts;
#[cfg(test)]
mod prior;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod readings;
#[cfg(test)]
mod recomputing;
#[cfg(test)]
mod reference;
#[cfg(test)]
mod retention;
#[cfg(test)]
mod scans;
#[cfg(test)]
mod sticking;
#[cfg(test)]
mod submissions;
#[cfg(test)]
mod tables;
#[cfg(test)]
mod terms;
#[cfg(test)]
mod transport_control;
#[cfg(test)]
mod world;
